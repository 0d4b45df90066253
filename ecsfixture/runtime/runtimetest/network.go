package runtimetest

import (
	"net"
	"net/netip"
	"reflect"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

var networkTests = []test{
	{"binds free host ports in bridge mode", bridgePorts},
	{"gives a task its own interface in awsvpc mode", ownInterface},
	{"is empty in other modes", noInterface},
}

func bridgePorts(k *kit) {
	taken := map[int]bool{}
	for range 2 {
		c := k.withPort(k.task(runtime.Bridge))
		started, err := c.Start(k.Context())
		k.must(err)
		if len(started.Bindings) == 0 {
			k.Fatal("no bindings")
		}
		b := started.Bindings[0]
		if b.ContainerPort != 80 || b.HostPort == 0 || b.Protocol != "tcp" || taken[b.HostPort] {
			k.Errorf("bindings %+v, taken before %v", started.Bindings, taken)
		}
		taken[b.HostPort] = true
	}
}

// withPort makes a container that publishes port 80.
func (k *kit) withPort(task runtime.Task) runtime.Container {
	k.Helper()
	k.pull(Obeys)
	spec := k.spec("app", Obeys, k.recorder())
	spec.Ports = []runtime.Port{{ContainerPort: 80, Protocol: "tcp"}}
	c, err := task.Create(k.Context(), spec)
	k.must(err)
	return c
}

func ownInterface(k *kit) {
	if k.h.NoAWSVPC != "" {
		k.Skip(k.h.NoAWSVPC)
	}
	a, b := k.task(runtime.AWSVPC), k.task(runtime.AWSVPC)
	k.checkNetwork(a.Network())
	k.checkNetwork(b.Network())
	if a.Network().IP == b.Network().IP || a.Network().MAC == b.Network().MAC {
		k.Errorf("two tasks have %+v and %+v", a.Network(), b.Network())
	}
	r := k.recorder()
	k.launch(a, "app", Prints, r)
	r.awaitExit(k.T, 3)
}

func (k *kit) checkNetwork(n runtime.Network) {
	k.Helper()
	ip, err := netip.ParseAddr(n.IP)
	k.must(err)
	subnet, err := netip.ParsePrefix(n.Subnet)
	k.must(err)
	if !subnet.Contains(ip) {
		k.Errorf("address %v isn't in subnet %v", ip, subnet)
	}
	_, err = net.ParseMAC(n.MAC)
	k.must(err)
}

func noInterface(k *kit) {
	if n := k.task(runtime.Bridge).Network(); !reflect.ValueOf(n).IsZero() {
		k.Errorf("bridge mode has %+v", n)
	}
}
