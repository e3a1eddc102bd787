/** Scripts and configuration, from the ConfigMap. */
export const CONFIG_DIR = '/etc/redis-sentinel/config';

/** Holds the file `password`, from the Secret. */
export const AUTH_DIR = '/etc/redis-sentinel/auth';

export const PASSWORD_FILE = `${AUTH_DIR}/password`;

/** What must outlive the pod: data, and the state of Sentinel and keeper. */
export const DATA_DIR = '/data';

/** What the containers of a pod tell each other, and rendered configuration with the password in it: memory, no disk. */
export const RUN_DIR = '/run/redis-sentinel';
