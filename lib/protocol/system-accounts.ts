/** Accounts that belong to a system and to no person. */

/** Where an account may do all, or may become who does. */
const superusers = 'root toor admin administrator system superuser sudo wheel operator';

/** What Debian, Fedora, Alpine, Arch, SUSE, BSD and macOS begin with, and what runs the parts of a system. */
const ofSystems = `
  daemon bin sys adm sync shutdown halt games man lp mail news uucp proxy backup list irc ftp gnats gopher tty disk
  kmem utmp tape video audio cdrom floppy dialout fax voice plugdev users staff src shadow sasl guest cron at squid
  nobody nogroup nouser nfsnobody nfs noaccess messagebus dbus polkitd polkituser sshd ntp ntpd chrony rpc rpcuser statd
  tss avahi avahi-autoipd cups cups-pk-helper cupsys syslog rsyslog syslog-ng klog uuidd tcpdump landscape pollinate
  usbmux rtkit geoclue colord saned speech-dispatcher pulse pipewire whoopsie kernoops hplip gdm sddm lightdm
  gnome-initial-setup flatpak dnsmasq unscd nscd nslcd sssd radvd dhcp dhcpd dhcpcd haldaemon vcsa abrt setroubleshoot
  cockpit-ws cockpit-wsinstance clevis fwupd-refresh unbound auditdistd hast _apt sysadm postmaster kvm render sgx
  netdev input fuse lxd lxc docker podman containerd libvirt libvirtdbg libvirt-qemu libvirt-dnsmasq qemu
  debian-snmp snmp systemd xfs pcap stapusr stapsys sanlock saslauth ident identd pop pop3d smmsp smmta sendmail
  mailnull maildrop`;

/** Well-known services: the web, mail, names, databases, queues. */
const ofServices = `
  www-data www www-run wwwrun http httpd apache apache2 nginx caddy haproxy varnish lighttpd traefik envoy php-fpm
  postfix postdrop exim exim4 debian-exim dovecot dovenull opendkim opendmarc amavis clamav clam spamassassin
  spamd mailman list cyrus vmail named bind dnscrypt pdns powerdns knot nsd stunnel stunnel4 openvpn wireguard debian-tor toranon
  privoxy strongswan radius freerad radiusd kdc krb5kdc ldap openldap slapd dirsrv pkiuser ipaapi kdcproxy
  postgres postgresql pgbouncer pgsql mysql mariadb mongodb mongod redis valkey memcache memcached elasticsearch opensearch
  logstash kibana rabbitmq activemq kafka zookeeper cassandra couchdb influxdb clickhouse neo4j oracle db2inst1 etcd consul
  vault nomad tomcat jetty wildfly jboss solr minio ceph gluster glusterfs nfsd rpcbind samba smbd winbind ftpuser
  proftpd pure-ftpd vsftpd tftp git gitea forgejo gitolite gitlab svn cvs hg`;

/** What builds, watches and schedules. */
const ofOperators = `
  jenkins hudson gitlab-runner gitlab-www gitlab-psql gitlab-redis gitlab-prometheus buildkite buildkite-agent
  teamcity circleci runner github-runner actions-runner buildbot bamboo drone woodpecker
  ansible puppet chef salt rundeck awx foreman foreman-proxy cloudbase-init
  grafana loki prometheus alertmanager node-exporter node_exporter telegraf collectd zabbix nagios nrpe icinga icinga2
  munin netdata sensu datadog dd-agent newrelic splunk graylog filebeat fluentd ossec wazuh ossecm ossecr
  munge slurm slurmrest slurmdbd sge sgeadmin pbs pbsdata pbspro torque maui moab lsfadmin condor htcondor gridengine
  ganglia gmond ood ondemand-nginx jupyterhub rstudio-server rserver globus gsissh xrootd cvmfs lustre beegfs gpfs
  hadoop hdfs yarn mapred hive hbase spark flink oozie airflow impala presto trino nifi kubelet kube k8s`;

/** The first account of the images of clouds and small computers, which may become root without a password. */
const ofImages = `
  ec2-user ubuntu debian centos fedora rocky almalinux rhel cloud-user cloud-init clouduser core opc azureuser bitnami
  freebsd openbsd netbsd opensuse sles suse arch archlinux alpine amazon gentoo nixos cirros vagrant packer pi
  dietpi odroid armbian orangepi flatcar coreos rancher talos vyos outscale
  linuxadmin cloudadmin sysadmin maintuser`;

const names: ReadonlySet<string> = new Set(
  [superusers, ofSystems, ofServices, ofOperators, ofImages].flatMap((words) => words.trim().split(/\s+/)),
);

/**
 * Whether an account of this name is one of a system: of Linux distributions, BSD and macOS (which begins them with `_`), of
 * well-known services, and the first account of cloud images, which may become root without a password. Names that look
 * alike to a directory count as one: whatever the case, in full width, or with what cannot be seen in between.
 */
export function isSystemAccount(name: string): boolean {
  const folded = foldedName(name);
  return names.has(folded) || /^(_|systemd-|gitlab-|libvirt-)/.test(folded);
}

function foldedName(name: string): string {
  const invisible = /[\p{Cf}\p{Cc}\p{Zs}\p{Zl}\p{Zp}\p{Mn}\p{Default_Ignorable_Code_Point}]/gu;
  return name.normalize('NFKC').replace(invisible, '').toLowerCase();
}
