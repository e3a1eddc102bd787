#!/bin/sh
# ask.sh COMMAND…: asks the Redis server of the pod, in a container of the engine.
cli "$@"
