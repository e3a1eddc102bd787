import calm from './scripts/sentinel-calm.sh';
import probe from './scripts/sentinel-probe.sh';
import start from './scripts/sentinel-start.sh';

/** Sentinel's scripts, by the names they have in the ConfigMap. */
export const SENTINEL_SCRIPTS = {
  'sentinel-start.sh': start,
  'sentinel-calm.sh': calm,
  'sentinel-probe.sh': probe,
};
