package server

import (
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// maxOverrides bounds the overrides of a task, in characters of JSON.
const maxOverrides = 8192

// withoutZeros is a task's overrides without the members that are zero or
// empty: so clients send what they can't leave out, Terraform's provider among
// them.
func withoutZeros(in *types.TaskOverride) *types.TaskOverride {
	if in == nil {
		return nil
	}
	o := clone(*in)
	for _, p := range []**string{&o.Cpu, &o.Memory, &o.TaskRoleArn, &o.ExecutionRoleArn} {
		dropZero(p)
	}
	for i := range o.ContainerOverrides {
		c := &o.ContainerOverrides[i]
		for _, p := range []**int32{&c.Cpu, &c.Memory, &c.MemoryReservation} {
			dropZero(p)
		}
	}
	return &o
}

func dropZero[T comparable](p **T) {
	var zero T
	if *p != nil && **p == zero {
		*p = nil
	}
}

// checkOverrides checks what a task overrides of its definition, by the rules
// that hold for definitions.
func checkOverrides(o order) error {
	in := o.input.Overrides
	if in == nil {
		return nil
	}
	if utf8.RuneCount(awsjson.Marshal(in)) > maxOverrides {
		return invalidParameter(msgOverridesTooLong, maxOverrides)
	}
	merged := overridden(o.definition.def, in)
	for _, c := range in.ContainerOverrides {
		i := slices.IndexFunc(merged.ContainerDefinitions, func(d types.ContainerDefinition) bool { return *d.Name == deref(c.Name) })
		if i < 0 {
			return invalidParameter(msgOverrideUnknown, deref(c.Name))
		}
		if len(c.ResourceRequirements) > 0 {
			return unsupportedMember("overrides.containerOverrides.resourceRequirements")
		}
		if err := checkContainerOverride(&merged.ContainerDefinitions[i]); err != nil {
			return asInvalidParameter(err)
		}
	}
	return asInvalidParameter(checkTaskOverride(merged, o.launchType))
}

func checkContainerOverride(c *types.ContainerDefinition) error {
	for _, check := range []func(*types.ContainerDefinition) error{checkContainerSize, checkEnvironment, checkEnvironmentFiles} {
		if err := check(c); err != nil {
			return err
		}
	}
	return nil
}

func checkTaskOverride(in *registration, launch types.LaunchType) error {
	for _, check := range []func(*registration) error{checkTaskSize, checkRoles, checkPlacement} {
		if err := check(in); err != nil {
			return err
		}
	}
	if launch != types.LaunchTypeFargate {
		return nil
	}
	cpu, _ := sizeOf(in.Cpu, parseCPU)
	memory, _ := sizeOf(in.Memory, parseMemory)
	return firstOf(when(!fargatePair(cpu, memory), msgFargateSize, cpu, memory))
}

// overridden is a definition as if it had been registered with o in it.
func overridden(def types.TaskDefinition, o *types.TaskOverride) *registration {
	in := &registration{
		Cpu: firstSet(o.Cpu, def.Cpu), Memory: firstSet(o.Memory, def.Memory),
		TaskRoleArn: firstSet(o.TaskRoleArn, def.TaskRoleArn), ExecutionRoleArn: firstSet(o.ExecutionRoleArn, def.ExecutionRoleArn),
		EphemeralStorage:     firstSet(o.EphemeralStorage, def.EphemeralStorage),
		ContainerDefinitions: clone(def.ContainerDefinitions),
	}
	for i := range in.ContainerDefinitions {
		for _, c := range o.ContainerOverrides {
			if deref(c.Name) == *in.ContainerDefinitions[i].Name {
				overrideContainer(&in.ContainerDefinitions[i], c)
			}
		}
	}
	return in
}

func overrideContainer(d *types.ContainerDefinition, o types.ContainerOverride) {
	d.Cpu = orElse(o.Cpu, d.Cpu)
	d.Memory = firstSet(o.Memory, d.Memory)
	d.MemoryReservation = firstSet(o.MemoryReservation, d.MemoryReservation)
	d.EnvironmentFiles = filesOf(*d, o)
	d.Environment = append(d.Environment, o.Environment...)
}

// asInvalidParameter is the type that RunTask has for what is a
// ClientException of RegisterTaskDefinition.
func asInvalidParameter(err error) error {
	var e *types.ClientException
	if !errors.As(err, &e) {
		return err
	}
	return invalidParameter("%s", aws.ToString(e.Message))
}
