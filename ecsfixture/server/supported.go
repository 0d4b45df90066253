package server

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// refusal is a member that this endpoint knows and can't honour.
type refusal struct {
	member string
	used   bool
}

// checkSupported refuses, by its name, the first member in use that would
// otherwise be ignored in silence.
func checkSupported(in *registration) error {
	if err := refuse(definitionRefusals(in)); err != nil {
		return err
	}
	err := each(in.Volumes, func(v *types.Volume) error { return refuse(volumeRefusals(v)) })
	if err != nil {
		return err
	}
	return each(in.ContainerDefinitions, func(c *types.ContainerDefinition) error { return refuse(containerRefusals(c)) })
}

func refuse(list []refusal) error {
	for _, r := range list {
		if r.used {
			return unsupportedMember(r.member)
		}
	}
	return nil
}

func definitionRefusals(in *registration) []refusal {
	return []refusal{
		{"proxyConfiguration", in.ProxyConfiguration != nil},
		//lint:ignore SA1019 clients may still send it
		{"inferenceAccelerators", len(in.InferenceAccelerators) > 0},
		{"enableFaultInjection", aws.ToBool(in.EnableFaultInjection)},
		{"runtimePlatform.operatingSystemFamily", !linux(in.RuntimePlatform)},
	}
}

// linux reports whether a definition's containers are for Linux, as they are
// unless it says otherwise.
func linux(p *types.RuntimePlatform) bool {
	return p == nil || p.OperatingSystemFamily == "" || p.OperatingSystemFamily == types.OSFamilyLinux
}

func volumeRefusals(v *types.Volume) []refusal {
	return []refusal{
		{"volumes.s3filesVolumeConfiguration", v.S3filesVolumeConfiguration != nil},
	}
}

func containerRefusals(c *types.ContainerDefinition) []refusal {
	list := []refusal{
		{"containerDefinitions.credentialSpecs", len(c.CredentialSpecs) > 0},
		{"containerDefinitions.firelensConfiguration", c.FirelensConfiguration != nil},
	}
	for _, r := range c.ResourceRequirements {
		list = append(list, refusal{"containerDefinitions.resourceRequirements of type " + string(r.Type), true})
	}
	for _, p := range c.PortMappings {
		list = append(list, refusal{"containerDefinitions.portMappings.containerPortRange", p.ContainerPortRange != nil})
	}
	if l := c.LogConfiguration; l != nil {
		list = append(list, refusal{"containerDefinitions.logConfiguration.logDriver " + string(l.LogDriver), refusedDriver(l.LogDriver)})
	}
	return list
}

// refusedDriver reports whether d is a log driver of ECS that has no stand-in
// here.
func refusedDriver(d types.LogDriver) bool {
	switch d {
	case "", types.LogDriverAwslogs, types.LogDriverJsonFile:
		return false
	}
	return checkEnum("", d) == nil
}
