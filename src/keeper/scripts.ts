import keeper from './scripts/keeper.sh';
import crash from './scripts/keeper-crash.sh';
import election from './scripts/keeper-election.sh';
import fence from './scripts/keeper-fence.sh';
import hang from './scripts/keeper-hang.sh';
import overdue from './scripts/keeper-overdue.sh';
import probe from './scripts/keeper-probe.sh';
import proclaim from './scripts/keeper-proclaim.sh';
import stuck from './scripts/keeper-stuck.sh';

/** The keeper's scripts, by the names they have in the ConfigMap. */
export const KEEPER_SCRIPTS = {
  'keeper.sh': keeper,
  'keeper-crash.sh': crash,
  'keeper-election.sh': election,
  'keeper-fence.sh': fence,
  'keeper-hang.sh': hang,
  'keeper-overdue.sh': overdue,
  'keeper-proclaim.sh': proclaim,
  'keeper-stuck.sh': stuck,
  'keeper-probe.sh': probe,
};
