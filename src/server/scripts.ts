import lib from './scripts/lib.sh';
import password from './scripts/password.sh';
import passwordChange from './scripts/password-change.sh';
import position from './scripts/position.sh';
import promote from './scripts/promote.sh';
import handover from './scripts/redis-handover.sh';
import probe from './scripts/redis-probe.sh';
import start from './scripts/redis-start.sh';
import signs from './scripts/signs.sh';
import switchTo from './scripts/switch.sh';

/** The servers' scripts, and the library that all scripts share, by the names they have in the ConfigMap. */
export const SERVER_SCRIPTS = {
  'lib.sh': lib,
  'redis-start.sh': start,
  'redis-handover.sh': handover,
  'redis-probe.sh': probe,
  'signs.sh': signs,
  'position.sh': position,
  'promote.sh': promote,
  'switch.sh': switchTo,
  'password.sh': password,
  'password-change.sh': passwordChange,
};
