package docker

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// engineDNS is the engine's resolver in user-defined networks.
const engineDNS = "127.0.0.11"

func (r *Runtime) networkName() string { return "ecsfixture-" + r.session }

// ensureNetwork makes the network of awsvpc tasks unless it is there. There
// is one in a runtime, because engines have few address pools.
func (r *Runtime) ensureNetwork(ctx context.Context) error {
	_, err := r.shared.do(ctx, "network", func(ctx context.Context) (string, error) {
		r.mu.Lock()
		id := r.network
		r.mu.Unlock()
		if id != "" {
			return id, nil
		}
		return r.makeNetwork(ctx)
	})
	return err
}

func (r *Runtime) makeNetwork(ctx context.Context) (string, error) {
	res, err := r.engine.client.NetworkCreate(ctx, r.networkName(),
		client.NetworkCreateOptions{Driver: "bridge", Labels: r.labels})
	if err != nil {
		return "", fmt.Errorf("network for awsvpc tasks: %w", daemonError(err))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.network = res.ID
	return res.ID, nil
}

// interfaceOf tells the network interface that a task's holder has.
func interfaceOf(info container.InspectResponse, name string) runtime.Network {
	end := info.NetworkSettings.Networks[name]
	if end == nil {
		return runtime.Network{}
	}
	return runtime.Network{
		IP:       end.IPAddress.String(),
		MAC:      end.MacAddress.String(),
		Gateway:  end.Gateway.String(),
		Subnet:   netip.PrefixFrom(end.IPAddress, end.IPPrefixLen).Masked().String(),
		DNS:      []string{engineDNS},
		Bindings: bindings(info.NetworkSettings.Ports),
	}
}
