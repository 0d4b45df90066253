package docker

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	"github.com/moby/moby/api/types/network"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// published asks the engine to publish ports on all IPv4 addresses of the
// host, each on its HostPort or a free one.
func published(ports []runtime.Port) (network.PortSet, network.PortMap, error) {
	set, bindings := network.PortSet{}, network.PortMap{}
	for _, p := range ports {
		port, ok := network.PortFrom(uint16(p.ContainerPort), network.IPProtocol(cmp.Or(p.Protocol, "tcp")))
		if !ok || p.ContainerPort < 1 || p.ContainerPort > 65535 {
			return nil, nil, runtime.Errorf(runtime.HostConfig, "invalid port %d/%s", p.ContainerPort, p.Protocol)
		}
		set[port] = struct{}{}
		bindings[port] = append(bindings[port], network.PortBinding{
			HostIP: netip.IPv4Unspecified(), HostPort: strconv.Itoa(p.HostPort),
		})
	}
	return set, bindings, nil
}

// free asks for free host ports.
func free(ports []runtime.Port) []runtime.Port {
	ports = slices.Clone(ports)
	for i := range ports {
		ports[i].HostPort = 0
	}
	return ports
}

// bindings are the host ports that the engine bound. An IPv6 one counts only
// where there is no other.
func bindings(ports network.PortMap) []runtime.Binding {
	var all []runtime.Binding
	for port, bound := range ports {
		if v4 := slices.DeleteFunc(slices.Clone(bound), func(b network.PortBinding) bool { return b.HostIP.Is6() }); len(v4) > 0 {
			bound = v4
		}
		for _, b := range bound {
			n, _ := strconv.Atoi(b.HostPort)
			all = append(all, runtime.Binding{
				HostIP: b.HostIP.String(), HostPort: n,
				ContainerPort: int(port.Num()), Protocol: string(port.Proto()),
			})
		}
	}
	slices.SortFunc(all, func(a, b runtime.Binding) int {
		return cmp.Or(a.ContainerPort-b.ContainerPort, cmp.Compare(a.Protocol, b.Protocol), a.HostPort-b.HostPort)
	})
	return all
}

// hostBindings are the ports of a container in the host's network.
func hostBindings(ports []runtime.Port) []runtime.Binding {
	var all []runtime.Binding
	for _, p := range ports {
		all = append(all, runtime.Binding{
			HostIP: "0.0.0.0", HostPort: p.ContainerPort,
			ContainerPort: p.ContainerPort, Protocol: cmp.Or(p.Protocol, "tcp"),
		})
	}
	return all
}
