/** What bash does itself and this shell does not. */
const ofBash =
  '. [[ alias bg bind break builtin caller cd compgen complete continue coproc declare dirs disown enable eval fc fg getopts hash ' +
  'help history jobs kill let local logout mapfile popd pushd pwd read readarray readonly return shift shopt ' +
  'source suspend time times trap type typeset ulimit unalias unset until wait';

/** What a Proxmox node has, as far as runbooks and people are likely to ask for it. */
const ofNodes =
  'apt apt-get apt-mark arch awk base64 basename blkid blockdev bridge ceph cmp comm cp crontab cut curl dd ' +
  'debconf-set-selections df diff dig dirname dmesg dmidecode dpkg dpkg-query du ethtool expr fdisk file find findmnt free fstrim ' +
  'fuser gawk getent gpg groups gunzip gzip hostnamectl htop ifconfig ifreload install ionice ip iostat iotop iperf3 iptables join ' +
  'journalctl jq killall last less ln logger login losetup lsblk lscpu lshw lsmod lsof lspci lsusb lvchange ' +
  'lvcreate lvextend lvremove lvs man mawk md5sum mkfs mkfs.ext4 mkfs.xfs modprobe more mount mountpoint mpstat nc netstat nft nice nl nohup ' +
  'nproc nslookup nvme od openssl parted passwd paste pct perl pgrep pidof ping pkill ps pve-firewall pveam pveceph pvebackup ' +
  'pveperf pvereport pvescheduler pvesr pvesubscription pveupdate pveupgrade pvs python3 qemu-img qemu-nbd qmrestore rbd ' +
  'realpath reboot rev rsync scp screen sed seq sfdisk sftp sgdisk sha1sum sha512sum shred shuf shutdown smartctl socat sort ' +
  'split ssh ssh-keygen ss strings su sudo swapoff swapon sysctl systemctl tac tail tar tcpdump time timedatectl timeout top tr ' +
  'traceroute truncate tune2fs udevadm umount uniq unxz unzip update-grub uptime useradd usermod vgcreate vgs vi vim virt-customize vmstat ' +
  'vzdump w watch wget which who wipefs xargs xfs_repair xxd xz yes zcat zfs zpool zstd';

const known = new Set(`${ofBash} ${ofNodes}`.split(' '));

/** Whether real nodes have such a program, though the simulated ones do not. */
export function isKnownProgram(name: string): boolean {
  return known.has(name);
}
