package server

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// What ECS fills in where a health check leaves it out.
const (
	defaultHealthInterval = 30 // seconds
	defaultHealthTimeout  = 5  // seconds
	defaultHealthRetries  = 3
)

// completed returns the definition that ECS makes of a valid input: exactly
// the members that AWS fills are filled, for clients compare the rest with
// what they sent.
func completed(in *ecs.RegisterTaskDefinitionInput) types.TaskDefinition {
	in = clone(in)
	def := types.TaskDefinition{
		Compatibilities: compatibilities(in), RequiresAttributes: requiredAttributes(in),
		Status: types.TaskDefinitionStatusActive, Family: in.Family,
		ContainerDefinitions: in.ContainerDefinitions, Volumes: filled(in.Volumes),
		Cpu: plain(in.Cpu, parseCPU), Memory: plain(in.Memory, parseMemory),
		ExecutionRoleArn: in.ExecutionRoleArn, TaskRoleArn: in.TaskRoleArn,
		NetworkMode: in.NetworkMode, PidMode: in.PidMode, IpcMode: in.IpcMode,
		PlacementConstraints: filled(in.PlacementConstraints), RequiresCompatibilities: in.RequiresCompatibilities,
		RuntimePlatform: in.RuntimePlatform, EphemeralStorage: in.EphemeralStorage,
		EnableFaultInjection: in.EnableFaultInjection,
	}
	completeParts(&def)
	return def
}

func completeParts(def *types.TaskDefinition) {
	for i := range def.ContainerDefinitions {
		completeContainer(&def.ContainerDefinitions[i], def.NetworkMode)
	}
	for i := range def.Volumes {
		completeVolume(&def.Volumes[i])
	}
}

// filled returns an empty list for an absent one.
func filled[T any](list []T) []T { return append([]T{}, list...) }

// plain is a size as a bare number.
func plain(size *string, parse func(string) (int, bool)) *string {
	if size == nil {
		return nil
	}
	n, _ := parse(*size) // was checked
	return aws.String(strconv.Itoa(n))
}

func completeContainer(c *types.ContainerDefinition, mode types.NetworkMode) {
	if c.Essential == nil {
		c.Essential = aws.Bool(true)
	}
	c.PortMappings = filled(c.PortMappings)
	c.Environment = filled(c.Environment)
	c.MountPoints = filled(c.MountPoints)
	c.VolumesFrom = filled(c.VolumesFrom)
	c.SystemControls = filled(c.SystemControls)
	for i := range c.PortMappings {
		completePort(&c.PortMappings[i], mode)
	}
	if c.HealthCheck != nil {
		completeHealthCheck(c.HealthCheck)
	}
}

// completePort sets the host port to the container's where they are the same
// by nature, to 0 where the host chooses.
func completePort(p *types.PortMapping, mode types.NetworkMode) {
	if p.Protocol == "" {
		p.Protocol = types.TransportProtocolTcp
	}
	switch {
	case sharesPorts(mode) && aws.ToInt32(p.HostPort) == 0:
		p.HostPort = aws.Int32(aws.ToInt32(p.ContainerPort))
	case p.HostPort == nil:
		p.HostPort = aws.Int32(0)
	}
}

func completeHealthCheck(h *types.HealthCheck) {
	for _, d := range []struct {
		member **int32
		value  int32
	}{{&h.Interval, defaultHealthInterval}, {&h.Timeout, defaultHealthTimeout}, {&h.Retries, defaultHealthRetries}} {
		if *d.member == nil {
			*d.member = aws.Int32(d.value)
		}
	}
}

func completeVolume(v *types.Volume) {
	if d := v.DockerVolumeConfiguration; d != nil && d.Scope == "" {
		d.Scope = types.ScopeTask
	}
}
