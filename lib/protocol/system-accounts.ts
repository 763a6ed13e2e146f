/** Accounts that belong to a system and to no person. */

const names: ReadonlySet<string> = new Set([
  ...['root', 'toor', 'daemon', 'bin', 'sys', 'adm', 'sync', 'shutdown', 'halt', 'operator', 'wheel', 'sudo'],
  ...['nobody', 'nogroup', 'games', 'man', 'lp', 'mail', 'news', 'uucp', 'proxy', 'backup'],
  ...[
    'list',
    'irc',
    'ftp',
    'gnats',
    'dbus',
    'messagebus',
    'polkitd',
    'sshd',
    'ntp',
    'chrony',
    'rpc',
    'rpcuser',
    'tss',
  ],
  ...[
    'avahi',
    'cups',
    'syslog',
    'uuidd',
    'tcpdump',
    'landscape',
    'pollinate',
    'lxd',
    'docker',
    'libvirt',
    'kvm',
  ],
  ...[
    'www-data',
    'www',
    'http',
    'httpd',
    'apache',
    'nginx',
    'postfix',
    'exim',
    'dovecot',
    'named',
    'bind',
    'dnsmasq',
  ],
  ...[
    'postgres',
    'mysql',
    'mariadb',
    'mongodb',
    'redis',
    'memcached',
    'elasticsearch',
    'rabbitmq',
    'tomcat',
    'git',
  ],
  ...[
    'jenkins',
    'grafana',
    'prometheus',
    'munge',
    'slurm',
    'sge',
    'pbs',
    'ldap',
    'openldap',
    'sssd',
    'nscd',
    'radvd',
  ],
  ...['ec2-user', 'ubuntu', 'debian', 'centos', 'fedora', 'opensuse', 'vagrant', 'pi'],
]);

/**
 * Whether an account of this name is one of a system: of Debian, Fedora, Alpine, BSD and macOS (which begins them with
 * `_`), of well-known services, and the first account of cloud images, which may become root without a password.
 */
export function isSystemAccount(name: string): boolean {
  const folded = name.trim().toLowerCase();
  return names.has(folded) || /^(_|systemd-)/.test(folded);
}
