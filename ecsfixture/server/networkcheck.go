package server

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	maxPort         = 65535
	maxPortMappings = 100 // of a container that shares its ports with its task
)

// sharesPorts reports whether a container's ports are those of its network,
// not mapped ones.
func sharesPorts(mode types.NetworkMode) bool {
	return mode == types.NetworkModeAwsvpc || mode == types.NetworkModeHost
}

// checkPorts checks the port mappings of one container by themselves.
func checkPorts(c *types.ContainerDefinition) error {
	return each(c.PortMappings, func(p *types.PortMapping) error {
		if err := checkEnum("portMappings.protocol", p.Protocol); err != nil {
			return err
		}
		if err := checkEnum("portMappings.appProtocol", p.AppProtocol); err != nil {
			return err
		}
		return firstOf(
			when(p.ContainerPort == nil, msgNull, "PortMapping.containerPort"),
			when(outside(p.ContainerPort, 1, maxPort), msgPort, "container", *c.Name, 1, maxPort),
			when(outside(p.HostPort, 0, maxPort), msgPort, "host", *c.Name, 0, maxPort),
			when(p.Name != nil && !namePattern.MatchString(*p.Name), msgCharacters, "PortMapping.name"),
		)
	})
}

// checkNetworkMode checks what the network mode allows.
func checkNetworkMode(in *registration) error {
	names := []string{}
	for _, c := range in.ContainerDefinitions {
		if err := checkContainerNetwork(c, in.NetworkMode); err != nil {
			return err
		}
		names = append(names, keysOf(c.PortMappings, func(p *types.PortMapping) string { return aws.ToString(p.Name) })...)
	}
	name, twice := duplicate(names)
	return firstOf(when(twice, msgPortNameDuplicate, name))
}

func checkContainerNetwork(c types.ContainerDefinition, mode types.NetworkMode) error {
	bridge := mode == types.NetworkModeBridge || mode == ""
	awsvpc := mode == types.NetworkModeAwsvpc
	return firstOf(
		when(len(c.Links) > 0 && !bridge, msgModeLinks, mode),
		when(len(c.PortMappings) > 0 && mode == types.NetworkModeNone, msgModePorts, mode),
		when(sharesPorts(mode) && !portsMatch(c.PortMappings), msgModePortsDiffer, mode),
		when(sharesPorts(mode) && len(c.PortMappings) > maxPortMappings, msgPortsTooMany, *c.Name, maxPortMappings),
		when(awsvpc && c.Hostname != nil, msgModeContainer, "hostname is", mode),
		when(awsvpc && len(c.ExtraHosts) > 0, msgModeContainer, "Extra hosts are", mode),
		when(awsvpc && len(c.DnsServers) > 0, msgModeContainer, "DNS servers are", mode),
		when(awsvpc && len(c.DnsSearchDomains) > 0, msgModeContainer, "DNS search domains are", mode),
		when(awsvpc && aws.ToBool(c.DisableNetworking), msgModeContainer, "Disable Networking is", mode),
	)
}

// portsMatch reports whether no host port differs from its container port;
// 0 and absent are the same port by nature.
func portsMatch(list []types.PortMapping) bool {
	for _, p := range list {
		if host := aws.ToInt32(p.HostPort); host != 0 && host != aws.ToInt32(p.ContainerPort) {
			return false
		}
	}
	return true
}
