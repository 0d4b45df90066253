package docker

import (
	"context"
	"net/netip"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
)

// Gateway is the engine host's address in the network of bridge containers,
// which all of its containers can dial. On Linux it is an address of this
// machine. With Docker Desktop, podman machine or a remote engine it isn't:
// there containers find this machine as host.docker.internal, if at all. It
// is empty where the engine has no such network.
func (r *Runtime) Gateway(ctx context.Context) (string, error) {
	for _, name := range []string{"bridge", "podman"} {
		res, err := r.engine.client.NetworkInspect(ctx, name, client.NetworkInspectOptions{})
		if errdefs.IsNotFound(err) {
			continue
		}
		if err != nil {
			return "", daemonError(err)
		}
		if gateway := gatewayOf(res.Network.IPAM.Config); gateway.IsValid() {
			return gateway.String(), nil
		}
	}
	return "", nil
}

// gatewayOf returns the IPv4 gateway. Some engines don't tell it; it is the
// network's first address then.
func gatewayOf(all []network.IPAMConfig) netip.Addr {
	for _, c := range all {
		switch {
		case c.Gateway.Is4():
			return c.Gateway
		case c.Subnet.Addr().Is4():
			return c.Subnet.Masked().Addr().Next()
		}
	}
	return netip.Addr{}
}
