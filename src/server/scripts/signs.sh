# The files by which the scripts of one pod tell each other what no server can be asked: the guard (redis-start.sh), the keeper
# and promote.sh. Those of the data volume outlive the pod; the others end with it.
# shellcheck shell=sh disable=SC2034 # for the scripts that source it

INCOMPLETE=$DATA_DIR/redis.incomplete   # guard to keeper: this volume never held a whole copy of the data; the keeper removes it
FIRST_START=$DATA_DIR/redis.first-start # guard to itself: the first start of all is this server's; the keeper removes it
ABANDONED=$RUN_DIR/abandoned            # guard to keeper: this server stands for election without a master
PROMOTE=$RUN_DIR/promote                # promote.sh to both: a person takes the loss upon himself
END_SERVER=$RUN_DIR/end-server          # a pipe, keeper to guard: the server hangs, end it
SEEN_AS_MASTER=$RUN_DIR/seen-as-master  # keeper to itself: this server has answered as master; the guard removes it at a start
