package server

import (
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// minMemory is the least that the engine gives a container, in MiB.
const minMemory = 6

// imagePattern is what names of images consist of.
var imagePattern = regexp.MustCompile(`^[a-zA-Z0-9_.:/#@-]{1,255}$`)

// checkContainers checks each container by itself, and their names.
func checkContainers(in *registration) error {
	list := in.ContainerDefinitions
	err := firstOf(
		when(len(list) == 0, msgContainersEmpty),
		when(len(list) > maxContainers, msgContainersTooMany),
	)
	if err != nil {
		return err
	}
	if err := each(list, checkContainer); err != nil {
		return err
	}
	name, twice := duplicate(keysOf(list, func(c *types.ContainerDefinition) string { return *c.Name }))
	return firstOf(
		when(twice, msgContainerDuplicate, name),
		when(!anyEssential(list), msgNoEssential),
	)
}

func anyEssential(list []types.ContainerDefinition) bool {
	for _, c := range list {
		if essential(c) {
			return true
		}
	}
	return false
}

// essential is true unless the definition says otherwise.
func essential(c types.ContainerDefinition) bool { return c.Essential == nil || *c.Essential }

// checkContainer applies the rules that look at one container only.
func checkContainer(c *types.ContainerDefinition) error {
	for _, check := range []func(*types.ContainerDefinition) error{
		checkContainerName,
		checkContainerSize,
		checkTimeouts,
		checkHealthCheck,
		checkRestartPolicy,
		checkPorts,
		checkEnvironment,
		checkSecrets,
		checkEnvironmentFiles,
		checkMounts,
		checkLogging,
		checkKernel,
	} {
		if err := check(c); err != nil {
			return err
		}
	}
	return checkEnum("versionConsistency", c.VersionConsistency)
}

func checkContainerName(c *types.ContainerDefinition) error {
	name, image := aws.ToString(c.Name), aws.ToString(c.Image)
	return firstOf(
		when(name == "", msgNull, "Container.name"),
		when(!namePattern.MatchString(name), msgCharacters, "Container.name"),
		when(image == "", msgNull, "Container.image"),
		when(!imagePattern.MatchString(image), msgCharacters, "Container.image"),
	)
}

func checkContainerSize(c *types.ContainerDefinition) error {
	tooLittle := func(p *int32) bool { return p != nil && *p < minMemory }
	return firstOf(
		when(c.Cpu < 0, msgContainerCPU, *c.Name),
		when(tooLittle(c.Memory), msgContainerMemory, *c.Name, "memory", minMemory),
		when(tooLittle(c.MemoryReservation), msgContainerMemory, *c.Name, "memoryReservation", minMemory),
		when(c.Memory != nil && aws.ToInt32(c.MemoryReservation) > *c.Memory, msgReservation, *c.Name),
	)
}

// minTimeout is the least of a start or stop timeout, in seconds.
const minTimeout = 2

func checkTimeouts(c *types.ContainerDefinition) error {
	return firstOf(
		when(c.StartTimeout != nil && *c.StartTimeout < minTimeout, msgTimeout, "start", *c.Name, minTimeout),
		when(c.StopTimeout != nil && *c.StopTimeout < minTimeout, msgTimeout, "stop", *c.Name, minTimeout),
	)
}

func checkHealthCheck(c *types.ContainerDefinition) error {
	h := c.HealthCheck
	if h == nil {
		return nil
	}
	return firstOf(
		when(!healthCommand(h.Command), msgHealthCommand, *c.Name),
		when(outside(h.Interval, 5, 300), msgHealthBounds, "interval", *c.Name, 5, 300),
		when(outside(h.Timeout, 2, 60), msgHealthBounds, "timeout", *c.Name, 2, 60),
		when(outside(h.Retries, 1, 10), msgHealthBounds, "retries", *c.Name, 1, 10),
		when(outside(h.StartPeriod, 0, 300), msgHealthBounds, "startPeriod", *c.Name, 0, 300),
	)
}

// healthCommand reports whether a health check's command has one of the forms
// that Docker knows.
func healthCommand(command []string) bool {
	switch {
	case len(command) == 0:
		return false
	case command[0] == "NONE":
		return true
	}
	return len(command) > 1 && (command[0] == "CMD" || command[0] == "CMD-SHELL")
}

const maxIgnoredCodes = 50

func checkRestartPolicy(c *types.ContainerDefinition) error {
	r := c.RestartPolicy
	if r == nil {
		return nil
	}
	return firstOf(
		when(r.Enabled == nil, msgNull, "RestartPolicy.enabled"),
		when(len(r.IgnoredExitCodes) > maxIgnoredCodes, msgIgnoredCodes, *c.Name, maxIgnoredCodes),
		when(outside(r.RestartAttemptPeriod, 60, 1800), msgRestartPeriod, *c.Name, 60, 1800),
	)
}

func checkMounts(c *types.ContainerDefinition) error {
	return each(c.MountPoints, func(m *types.MountPoint) error {
		return firstOf(
			when(aws.ToString(m.SourceVolume) == "", msgNull, "MountPoint.sourceVolume"),
			when(aws.ToString(m.ContainerPath) == "", msgNull, "MountPoint.containerPath"),
		)
	})
}
