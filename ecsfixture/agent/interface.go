package agent

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// networkReply is a container's network in the metadata.
type networkReply struct {
	NetworkMode              string
	IPv4Addresses            []string `json:",omitempty"`
	AttachmentIndex          *int     `json:",omitempty"`
	MACAddress               string   `json:",omitempty"`
	IPv4SubnetCIDRBlock      string   `json:",omitempty"`
	DomainNameServers        []string `json:",omitempty"`
	PrivateDNSName           string   `json:",omitempty"`
	SubnetGatewayIpv4Address string   `json:",omitempty"`
}

func (m member) networks() []networkReply {
	if m.task.NetworkMode != types.NetworkModeAwsvpc {
		return []networkReply{{NetworkMode: string(m.task.NetworkMode), IPv4Addresses: m.ownAddress()}}
	}
	n := m.state.Network
	out := networkReply{NetworkMode: "awsvpc"}
	if n.IP != "" {
		out.IPv4Addresses = []string{n.IP}
	}
	if m.version != v4 {
		return []networkReply{out}
	}
	out.AttachmentIndex = new(int)
	out.MACAddress, out.IPv4SubnetCIDRBlock, out.DomainNameServers = n.MAC, n.Subnet, n.DNS
	out.PrivateDNSName = m.privateDNS()
	if _, prefix, ok := strings.Cut(n.Subnet, "/"); ok && n.Gateway != "" {
		out.SubnetGatewayIpv4Address = n.Gateway + "/" + prefix
	}
	return []networkReply{out}
}

func (m member) privateDNS() string {
	for _, a := range m.state.Task.Attachments {
		for _, d := range a.Details {
			if deref(d.Name) == "privateDnsName" {
				return deref(d.Value)
			}
		}
	}
	return ""
}

// ownAddress is a bridge container's address, as far as it is known.
func (m member) ownAddress() []string {
	if m.task.NetworkMode != types.NetworkModeBridge {
		return nil
	}
	for _, c := range m.task.containers {
		if ip := c.source.address(); c.name == deref(m.api.Name) && ip != "" {
			return []string{ip}
		}
	}
	return nil
}
