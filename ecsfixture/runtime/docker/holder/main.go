//go:build linux

// Command holder keeps the namespaces of a task alive, as the pause
// container of ECS does. It ends at once on SIGTERM.
//
// With -agent it also is what a container finds at 169.254.170.2:80, and
// passes connections on to the agent. The address is not one of the task's
// own, or else a container couldn't listen on port 80: like on ECS it is
// routed through the interface ecs-eth0, whose other end is in a network
// namespace of the holder's own.
//
// It is built on the user's machine, so it is one file that uses the
// standard library alone.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
)

var (
	endpointIP = net.IPv4(169, 254, 170, 2)
	gatewayIP  = net.IPv4(169, 254, 172, 1)
	taskIP     = net.IPv4(169, 254, 172, 2)
)

const (
	taskLink   = "ecs-eth0"
	agentLink  = "agent"
	linkPrefix = 22
)

// The main thread is what containers join the namespaces of. It belongs to
// main, so that it isn't the one that listen takes to a namespace of its own.
func init() { runtime.LockOSThread() }

func main() {
	agent := flag.String("agent", "", "`address` that 169.254.170.2:80 leads to")
	flag.Parse()
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGCHLD)
	if *agent != "" {
		if err := serve(*agent); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	fmt.Println("ready")
	for sig := range signals {
		if sig != syscall.SIGCHLD {
			return
		}
		reap()
	}
}

// reap buries the orphans of a shared PID namespace, whose init this is.
func reap() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if pid <= 0 || err != nil {
			return
		}
	}
}

func serve(agent string) error {
	l, err := listen()
	if err != nil {
		return fmt.Errorf("%s: %w", endpointIP, err)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go forward(conn.(*net.TCPConn), agent)
		}
	}()
	return nil
}

// forward dials from the task's namespace, where the agent is reachable.
func forward(in *net.TCPConn, agent string) {
	defer in.Close()
	conn, err := net.Dial("tcp", agent)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	out := conn.(*net.TCPConn)
	defer out.Close()
	go transfer(out, in)
	transfer(in, out)
}

func transfer(to, from *net.TCPConn) {
	_, _ = io.Copy(to, from)
	_ = to.CloseWrite()
}

// listen connects the task's namespace to a new one and listens there.
func listen() (net.Listener, error) {
	ns := make(chan int)       // the new namespace
	linked := make(chan error) // once the task's end of the link is up
	type result struct {
		l   net.Listener
		err error
	}
	results := make(chan result, 1)
	go func() {
		// The thread is in the new namespace from here on. It isn't
		// unlocked and so ends with the goroutine.
		runtime.LockOSThread()
		fd, err := newNamespace()
		if err == nil {
			ns <- fd
			err = <-linked
		} else {
			close(ns)
		}
		if err == nil {
			err = configureAgentEnd()
		}
		if err != nil {
			results <- result{err: err}
			return
		}
		l, err := net.Listen("tcp4", net.JoinHostPort(endpointIP.String(), "80"))
		results <- result{l, err}
	}()
	if fd, ok := <-ns; ok {
		linked <- configureTaskEnd(fd)
	}
	r := <-results
	return r.l, r.err
}

func newNamespace() (int, error) {
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		return 0, fmt.Errorf("new network namespace: %w", err)
	}
	return syscall.Open("/proc/thread-self/ns/net", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
}

func configureTaskEnd(agentNamespace int) error {
	if err := netlink(newLinkPair(agentNamespace)); err != nil {
		return fmt.Errorf("add %s: %w", taskLink, err)
	}
	index, err := linkIndex(taskLink)
	if err != nil {
		return err
	}
	return netlink(newAddress(index, taskIP, linkPrefix), linkUp(index), newRoute(index, endpointIP, gatewayIP))
}

func configureAgentEnd() error {
	index, err := linkIndex(agentLink)
	if err != nil {
		return err
	}
	return netlink(newAddress(index, gatewayIP, linkPrefix), newAddress(index, endpointIP, 32), linkUp(index))
}

func linkIndex(name string) (uint32, error) {
	link, err := net.InterfaceByName(name)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return uint32(link.Index), nil
}

// The messages of rtnetlink(7), without their common header.

type message struct {
	kind, flags uint16
	body        []byte
}

var order = binary.NativeEndian

// newLinkPair is a pair of veth(4), the far end in another namespace.
func newLinkPair(namespace int) message {
	const infoKind, infoData, peerInfo, netNSFD = 1, 2, 1, 28
	peer := attribute(peerInfo, linkHeader(0, 0),
		attribute(syscall.IFLA_IFNAME, []byte(agentLink+"\x00")),
		attribute(netNSFD, order.AppendUint32(nil, uint32(namespace))))
	return message{syscall.RTM_NEWLINK, syscall.NLM_F_CREATE | syscall.NLM_F_EXCL, slices.Concat(
		linkHeader(0, 0),
		attribute(syscall.IFLA_IFNAME, []byte(taskLink+"\x00")),
		attribute(syscall.IFLA_LINKINFO, attribute(infoKind, []byte("veth")), attribute(infoData, peer)))}
}

func linkUp(index uint32) message {
	return message{syscall.RTM_NEWLINK, 0, linkHeader(index, syscall.IFF_UP)}
}

// linkHeader is an ifinfomsg that sets flags.
func linkHeader(index, flags uint32) []byte {
	b := []byte{syscall.AF_UNSPEC, 0, 0, 0}
	for _, field := range []uint32{index, flags, flags} {
		b = order.AppendUint32(b, field)
	}
	return b
}

func newAddress(index uint32, ip net.IP, prefix byte) message {
	return message{syscall.RTM_NEWADDR, syscall.NLM_F_CREATE | syscall.NLM_F_EXCL, slices.Concat(
		order.AppendUint32([]byte{syscall.AF_INET, prefix, 0, syscall.RT_SCOPE_UNIVERSE}, index),
		attribute(syscall.IFA_LOCAL, ip.To4()), attribute(syscall.IFA_ADDRESS, ip.To4()))}
}

func newRoute(index uint32, to, via net.IP) message {
	return message{syscall.RTM_NEWROUTE, syscall.NLM_F_CREATE | syscall.NLM_F_EXCL, slices.Concat(
		[]byte{
			syscall.AF_INET, 32, 0, 0,
			syscall.RT_TABLE_MAIN, syscall.RTPROT_BOOT, syscall.RT_SCOPE_UNIVERSE, syscall.RTN_UNICAST,
			0, 0, 0, 0,
		},
		attribute(syscall.RTA_DST, to.To4()), attribute(syscall.RTA_GATEWAY, via.To4()),
		attribute(syscall.RTA_OIF, order.AppendUint32(nil, index)))}
}

// attribute is an rtattr, padded.
func attribute(kind uint16, values ...[]byte) []byte {
	value := slices.Concat(values...)
	b := order.AppendUint16(nil, uint16(syscall.SizeofRtAttr+len(value)))
	b = order.AppendUint16(b, kind)
	b = append(b, value...)
	return append(b, make([]byte, (4-len(b)%4)%4)...)
}

// netlink sends messages one by one in the namespace of the thread.
func netlink(messages ...message) error {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	for _, m := range messages {
		if err := syscall.Sendto(fd, m.bytes(), 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
			return err
		}
		if err := acknowledged(fd); err != nil {
			return err
		}
	}
	return nil
}

func (m message) bytes() []byte {
	b := order.AppendUint32(nil, uint32(syscall.SizeofNlMsghdr+len(m.body)))
	b = order.AppendUint16(b, m.kind)
	b = order.AppendUint16(b, syscall.NLM_F_REQUEST|syscall.NLM_F_ACK|m.flags)
	b = append(b, make([]byte, 8)...) // sequence, sender
	return append(b, m.body...)
}

// acknowledged reads the kernel's answer.
func acknowledged(fd int) error {
	buf := make([]byte, syscall.Getpagesize())
	n, _, err := syscall.Recvfrom(fd, buf, 0)
	if err != nil {
		return err
	}
	answers, err := syscall.ParseNetlinkMessage(buf[:n])
	if err != nil {
		return err
	}
	for _, a := range answers {
		if a.Header.Type == syscall.NLMSG_ERROR {
			if code := int32(order.Uint32(a.Data)); code != 0 {
				return syscall.Errno(-code)
			}
		}
	}
	return nil
}
