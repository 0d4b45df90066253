package server

import (
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"
)

// The resources of a container instance.
const (
	resourceCPU    = "CPU"
	resourceMemory = "MEMORY"
	resourceTCP    = "PORTS"
	resourceUDP    = "PORTS_UDP"
)

// agentPorts are what an instance itself uses: ssh, the Docker daemon and the
// container agent.
var agentPorts = []string{"22", "2376", "2375", "51678", "51679"}

// resources are the resources of an instance in the order and form of ECS.
func resources(cpu, memory int, tcp, udp []string) []types.Resource {
	number := func(name string, n int) types.Resource {
		return types.Resource{Name: aws.String(name), Type: aws.String("INTEGER"), IntegerValue: int32(n)}
	}
	set := func(name string, list []string) types.Resource {
		return types.Resource{Name: aws.String(name), Type: aws.String("STRINGSET"), StringSetValue: append([]string{}, list...)}
	}
	return []types.Resource{
		number(resourceCPU, cpu), number(resourceMemory, memory), set(resourceTCP, tcp), set(resourceUDP, udp),
	}
}

func resource(list []types.Resource, name string) types.Resource {
	i := slices.IndexFunc(list, func(r types.Resource) bool { return deref(r.Name) == name })
	if i < 0 {
		return types.Resource{}
	}
	return list[i]
}

// free is what the tasks on the instance have left of it. A task holds its
// share until it has STOPPED.
func (i *instance) free() placement.Room {
	all := i.api.RegisteredResources
	room := placement.Room{
		CPU:    int(resource(all, resourceCPU).IntegerValue),
		Memory: int(resource(all, resourceMemory).IntegerValue),
		TCP:    portNumbers(resource(all, resourceTCP).StringSetValue),
		UDP:    portNumbers(resource(all, resourceUDP).StringSetValue),
		ENIs:   i.enis,
	}
	for _, t := range i.tasks {
		room.CPU -= t.demand.CPU
		room.Memory -= t.demand.Memory
		room.TCP = append(room.TCP, t.demand.TCP...)
		room.UDP = append(room.UDP, t.demand.UDP...)
		if t.demand.ENI {
			room.ENIs--
		}
	}
	return room
}

func portNumbers(list []string) (numbers []int) {
	for _, s := range list {
		n, _ := strconv.Atoi(s) // checked at registration
		numbers = append(numbers, n)
	}
	return numbers
}

// remaining is free in the form of ECS.
func (i *instance) remaining() []types.Resource {
	free := i.free()
	return resources(free.CPU, free.Memory, texts(free.TCP), texts(free.UDP))
}

func texts(numbers []int) (list []string) {
	for _, n := range numbers {
		list = append(list, strconv.Itoa(n))
	}
	return list
}

// demand is what a task of an order needs of its instance.
func (o order) demand() placement.Demand {
	def, override := o.definition.def, override1(o.input)
	d := placement.Demand{Group: o.group, ENI: isAWSVPC(o.definition)}
	for _, a := range def.RequiresAttributes {
		d.Attributes = append(d.Attributes, *a.Name)
	}
	for _, c := range def.ContainerDefinitions {
		over := containerOverride(o.input.Overrides, *c.Name)
		d.CPU += int(orElse(over.Cpu, c.Cpu))
		d.Memory += int(deref(firstSet(over.MemoryReservation, c.MemoryReservation, over.Memory, c.Memory)))
		demandPorts(&d, c, networkMode(o.definition))
	}
	if cpu, ok := sizeOf(firstSet(override.Cpu, def.Cpu), parseCPU); ok && cpu > 0 {
		d.CPU = cpu
	}
	if memory, ok := sizeOf(firstSet(override.Memory, def.Memory), parseMemory); ok && memory > 0 {
		d.Memory = memory
	}
	return d
}

// demandPorts adds the host ports that a container reserves. Those that the
// engine chooses are none.
func demandPorts(d *placement.Demand, c types.ContainerDefinition, mode types.NetworkMode) {
	for _, p := range c.PortMappings {
		port := int(deref(p.HostPort))
		if mode == types.NetworkModeHost && port == 0 {
			port = int(deref(p.ContainerPort))
		}
		switch {
		case port == 0 || mode == types.NetworkModeAwsvpc || mode == types.NetworkModeNone:
		case p.Protocol == types.TransportProtocolUdp:
			d.UDP = append(d.UDP, port)
		default:
			d.TCP = append(d.TCP, port)
		}
	}
}
