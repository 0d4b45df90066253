//go:build linux

// Command holder keeps the namespaces of a task alive, as the pause
// container of ECS does. It ends at once on SIGTERM.
//
// With -agent it also is what a container finds at 169.254.170.2:80: it puts
// the address on the loopback interface and passes connections on.
//
// It is built on the user's machine, so it uses the standard library alone.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
)

var agentIP = net.IPv4(169, 254, 170, 2)

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
	if err := addLoopback(agentIP); err != nil {
		return fmt.Errorf("add %s to the loopback interface: %w", agentIP, err)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(agentIP.String(), "80"))
	if err != nil {
		return err
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

// addLoopback adds ip/32 to lo with one rtnetlink message.
func addLoopback(ip net.IP) error {
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		return err
	}
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW, syscall.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	if err := syscall.Sendto(fd, newAddress(uint32(lo.Index), ip.To4()), 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return err
	}
	return acknowledged(fd)
}

// newAddress is an RTM_NEWADDR message: nlmsghdr, ifaddrmsg, two attributes.
func newAddress(index uint32, ip []byte) []byte {
	const length = syscall.SizeofNlMsghdr + syscall.SizeofIfAddrmsg + 2*(syscall.SizeofRtAttr+4)
	e := binary.NativeEndian
	b := e.AppendUint32(nil, length)
	b = e.AppendUint16(b, syscall.RTM_NEWADDR)
	b = e.AppendUint16(b, syscall.NLM_F_REQUEST|syscall.NLM_F_ACK|syscall.NLM_F_CREATE|syscall.NLM_F_REPLACE)
	b = e.AppendUint32(b, 1) // sequence
	b = e.AppendUint32(b, 0) // sender
	b = append(b, syscall.AF_INET, 32, 0, syscall.RT_SCOPE_HOST)
	b = e.AppendUint32(b, index)
	for _, kind := range []uint16{syscall.IFA_LOCAL, syscall.IFA_ADDRESS} {
		b = e.AppendUint16(b, syscall.SizeofRtAttr+4)
		b = e.AppendUint16(b, kind)
		b = append(b, ip...)
	}
	return b
}

// acknowledged reads the kernel's answer.
func acknowledged(fd int) error {
	buf := make([]byte, syscall.Getpagesize())
	n, _, err := syscall.Recvfrom(fd, buf, 0)
	if err != nil {
		return err
	}
	messages, err := syscall.ParseNetlinkMessage(buf[:n])
	if err != nil {
		return err
	}
	for _, m := range messages {
		if m.Header.Type == syscall.NLMSG_ERROR {
			if code := int32(binary.NativeEndian.Uint32(m.Data)); code != 0 {
				return syscall.Errno(-code)
			}
		}
	}
	return nil
}
