"""A network behind the device drs0, 10.9.0.1 here: 10.9.0.2 is this machine again, 150 ms away each way; what is sent
to any other address is lost. Prints a line when it is there, and ends with its standard input."""

import fcntl, heapq, os, select, struct, subprocess, sys, time

device = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(device, 0x400454CA, struct.pack("16sH", b"drs0", 0x1001))
for command in ("ip addr add 10.9.0.1/24 dev drs0", "ip link set drs0 up", "ip link set lo up"):
    subprocess.run(command.split(), check=True)
print("up", flush=True)

near, far = bytes([10, 9, 0, 1]), bytes([10, 9, 0, 2])
under_way = []
while True:
    wait = max(0, under_way[0][0] - time.monotonic()) if under_way else None
    ready, _, _ = select.select([device, sys.stdin], [], [], wait)
    if sys.stdin in ready:
        break
    if device in ready:
        packet = os.read(device, 65536)
        if packet[0] >> 4 == 4 and packet[12:20] == near + far:
            heapq.heappush(under_way, (time.monotonic() + 0.15, packet[:12] + far + near + packet[20:]))
    while under_way and under_way[0][0] <= time.monotonic():
        os.write(device, heapq.heappop(under_way)[1])
