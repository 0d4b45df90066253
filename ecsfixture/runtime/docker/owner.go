package docker

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// owner identifies a process beyond the reuse of process ids: by the host
// and PID namespace that its id counts in, the boot, and its start time.
type owner struct {
	host, boot, start string
	pid               int
}

// self is the owner that this process is.
var self = sync.OnceValue(func() owner {
	pid := os.Getpid()
	start, _ := processStart(pid)
	return owner{host: hostID(), boot: bootID(), start: start, pid: pid}
})

// String is the value of the label [LabelOwner].
func (o owner) String() string {
	return strings.Join([]string{o.host, o.boot, strconv.Itoa(o.pid), o.start}, "/")
}

func parseOwner(s string) (owner, bool) {
	f := strings.Split(s, "/")
	if len(f) != 4 {
		return owner{}, false
	}
	pid, err := strconv.Atoi(f[2])
	return owner{host: f[0], boot: f[1], start: f[3], pid: pid}, err == nil
}

// dead reports whether the process has certainly ended. Nothing is certain
// about the processes of other hosts.
func (o owner) dead() bool {
	if o.host != self().host {
		return false
	}
	if o.boot != self().boot {
		return true
	}
	start, ok := processStart(o.pid)
	return !ok || start != o.start
}

// hostID stands for the host and the PID namespace of this process.
func hostID() string {
	name, _ := os.Hostname()
	machine, _ := os.ReadFile("/etc/machine-id")
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	sum := sha256.Sum256([]byte(name + "\n" + string(machine) + "\n" + namespace))
	return hex.EncodeToString(sum[:6])
}

func bootID() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	boot, _, _ := strings.Cut(strings.TrimSpace(string(id)), "-")
	return boot
}

// processStart is when a process started in clock ticks since the boot, and
// whether it runs. Where there is no /proc the time is empty.
func processStart(pid int) (string, bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", !hasProc() && alive(pid)
	}
	// The second field is the command in parentheses and may hold anything.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	const state, starttime = 0, 19
	if len(fields) <= starttime || fields[state][0] == 'Z' {
		return "", false
	}
	return string(fields[starttime]), true
}

func hasProc() bool {
	_, err := os.Stat("/proc/self/stat")
	return err == nil
}

func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
