package docker_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// serve is a script that answers connections on a port.
func serve(port int, answer string) string {
	return fmt.Sprintf("nc -ll -p %d -e echo %s", port, answer)
}

// ask reads what an address answers. Its listener may need a moment.
func ask(t *testing.T, addr string) string {
	t.Helper()
	var text string
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		defer conn.Close()
		b, _ := io.ReadAll(conn)
		text = string(b)
		return text != ""
	}, patience, 20e6)
	return text
}

func TestBridgePorts(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{NetworkMode: runtime.Bridge})
	spec := shell(t, serve(80, "hello"))
	spec.Ports = []runtime.Port{{ContainerPort: 80, Protocol: "tcp"}, {ContainerPort: 53, Protocol: "udp"}}
	started := create(t, task, spec).start()
	require.Len(t, started.Bindings, 2)
	udp, tcp := started.Bindings[0], started.Bindings[1]
	require.Equal(t, "udp", udp.Protocol)
	require.Equal(t, runtime.Binding{HostIP: "0.0.0.0", HostPort: tcp.HostPort, ContainerPort: 80, Protocol: "tcp"}, tcp)
	require.NotZero(t, tcp.HostPort)
	require.Equal(t, "hello\n", ask(t, fmt.Sprint("127.0.0.1:", tcp.HostPort)))
}

func TestBridgeLinks(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{NetworkMode: runtime.Bridge})
	server := shell(t, serve(80, "hello"))
	server.Name = "server"
	run(t, task, server)
	asker := shell(t, "until nc web 80; do :; done </dev/null")
	asker.Links = []string{"server:web"}
	p := run(t, task, asker)
	require.Equal(t, "hello", p.line().Text)
	p.exit()
}

func TestAWSVPC(t *testing.T) {
	r := newRuntime(t)
	task := newTask(t, r, runtime.TaskSpec{NetworkMode: runtime.AWSVPC, Ports: []runtime.Port{{ContainerPort: 8080, HostPort: 8080, Protocol: "tcp"}}})
	server := shell(t, serve(8080, "hello"))
	server.Name, server.Ports = "server", []runtime.Port{{ContainerPort: 8080, HostPort: 8080, Protocol: "tcp"}}
	run(t, task, server)

	n := task.Network()
	ip, subnet := netip.MustParseAddr(n.IP), netip.MustParsePrefix(n.Subnet)
	require.True(t, subnet.Contains(ip) && subnet.Contains(netip.MustParseAddr(n.Gateway)), "%+v", n)
	_, err := net.ParseMAC(n.MAC)
	require.NoError(t, err)
	require.NotEmpty(t, n.DNS)
	require.Len(t, n.Bindings, 1)

	require.Equal(t, "hello\n", ask(t, net.JoinHostPort(n.IP, "8080")), "by its IP")
	require.Equal(t, "hello\n", ask(t, fmt.Sprint("127.0.0.1:", n.Bindings[0].HostPort)), "by the host's port")
	sibling := shell(t, "nc 127.0.0.1 8080 </dev/null; ip -o link show eth0")
	p := run(t, task, sibling)
	require.Equal(t, "hello", p.line().Text, "localhost is shared")
	require.Contains(t, p.line().Text, n.MAC)
	p.exit()

	other := newTask(t, r, runtime.TaskSpec{NetworkMode: runtime.AWSVPC})
	require.NotEqual(t, n.IP, other.Network().IP)
	p = run(t, other, shell(t, "nc "+n.IP+" 8080 </dev/null"))
	require.Equal(t, "hello", p.line().Text, "from another task")
	p.exit()
}

func TestAgent(t *testing.T) {
	l, err := net.Listen("tcp", ":0")
	require.NoError(t, err)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { fmt.Fprintln(w, "you asked", req.URL.Path) })}
	go srv.Serve(l)
	t.Cleanup(func() { _ = srv.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	r := newRuntime(t)
	for _, mode := range []runtime.NetworkMode{runtime.AWSVPC, runtime.Bridge} {
		t.Run(string(mode), func(t *testing.T) {
			task := newTask(t, r, runtime.TaskSpec{NetworkMode: mode, Agent: "127.0.0.1:" + port})
			spec := shell(t, "wget -q -O - http://169.254.170.2/v2/credentials; "+serve(80, "hello"))
			spec.Ports = []runtime.Port{{ContainerPort: 80, Protocol: "tcp"}}
			p := create(t, task, spec)
			started := p.start()
			require.Equal(t, "you asked /v2/credentials", p.line().Text)
			if mode == runtime.Bridge {
				require.Len(t, started.Bindings, 1)
				require.Equal(t, "hello\n", ask(t, fmt.Sprint("127.0.0.1:", started.Bindings[0].HostPort)))
			}
		})
	}
}

func TestHostNetwork(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{NetworkMode: runtime.Host})
	spec := shell(t, "true")
	spec.Ports = []runtime.Port{{ContainerPort: 18080}}
	p := create(t, task, spec)
	require.Equal(t, []runtime.Binding{{HostIP: "0.0.0.0", HostPort: 18080, ContainerPort: 18080, Protocol: "tcp"}}, p.start().Bindings)
	require.Zero(t, p.exit().ExitCode)
}

func TestSharedPIDNamespace(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{PIDMode: "task", IPCMode: "task"})
	worker := shell(t, "exec sleep 1000")
	worker.Name = "worker"
	run(t, task, worker)
	p := run(t, task, shell(t, "ps | grep -c '[s]leep 1000'"))
	require.Equal(t, "1", p.line().Text)
	p.exit()
}
