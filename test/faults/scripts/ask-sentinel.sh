#!/bin/sh
# ask-sentinel.sh COMMAND…: the same of the pod's Sentinel.
cli -p 26379 "$@"
