/** Configuration, the agent's program and the launcher's scripts, from the ConfigMap. */
export const CONFIG_DIR = '/etc/redis-sentinel/config';

/** Holds the file `password`, from the Secret. */
export const AUTH_DIR = '/etc/redis-sentinel/auth';

export const PASSWORD_FILE = `${AUTH_DIR}/password`;

/** The same of the Sentinels' own Secret, where they have another one. */
export const SENTINEL_AUTH_DIR = '/etc/redis-sentinel/sentinel-auth';

export const SENTINEL_PASSWORD_FILE = `${SENTINEL_AUTH_DIR}/password`;

/** Holds the certificate, its key and the authorities, from their Secret. */
export const TLS_DIR = '/etc/redis-sentinel/tls';

/** Holds a file for each user whose password is under a key of a Secret, by the user's name. */
export const USERS_DIR = '/etc/redis-sentinel/users';

/** Memory of the agent alone: the passwords in force, where the engines of its pod are not to know them all. */
export const KEPT_DIR = '/run/redis-sentinel-agent';

/** Configuration of a proxy and its script, from a ConfigMap. */
export const PROXY_DIR = '/etc/redis-sentinel/proxy';

/** What must outlive the pod: the data, and the state of the Sentinel. */
export const DATA_DIR = '/data';

/** What the containers of a pod tell each other, and rendered configuration with the password in it: memory, no disk. */
export const RUN_DIR = '/run/redis-sentinel';

/** Names of the topology with their addresses, in RUN_DIR; mounted as /etc/hosts where these names are announced. */
export const HOSTS_FILE = 'hosts';

/** Memory that the agent shares with the exporter alone: the passwords, in the form that it reads. */
export const EXPORTER_DIR = '/run/redis-sentinel-exporter';

export const EXPORTER_PASSWORDS = `${EXPORTER_DIR}/passwords.json`;
