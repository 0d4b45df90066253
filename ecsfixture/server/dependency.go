package server

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// checkDependencies checks that each container can start some time.
func checkDependencies(in *registration) error {
	byName := map[string]types.ContainerDefinition{}
	for _, c := range in.ContainerDefinitions {
		byName[*c.Name] = c
	}
	for _, c := range in.ContainerDefinitions {
		for _, d := range c.DependsOn {
			if err := checkDependency(d, byName); err != nil {
				return err
			}
		}
	}
	name, found := cycle(in.ContainerDefinitions)
	return firstOf(when(found, msgDependencyCycle, name))
}

func checkDependency(d types.ContainerDependency, byName map[string]types.ContainerDefinition) error {
	if err := checkEnum("dependsOn.condition", d.Condition); err != nil {
		return err
	}
	name := aws.ToString(d.ContainerName)
	on, known := byName[name]
	ends := d.Condition == types.ContainerConditionComplete || d.Condition == types.ContainerConditionSuccess
	return firstOf(
		when(d.Condition == "", msgNull, "ContainerDependency.condition"),
		when(!known, msgDependencyUnknown, name),
		when(ends && essential(on), msgDependencyEssential),
		when(d.Condition == types.ContainerConditionHealthy && !checked(on), msgDependencyHealth),
	)
}

// checked reports whether the engine will ever say that c is healthy.
func checked(c types.ContainerDefinition) bool {
	return c.HealthCheck != nil && c.HealthCheck.Command[0] != "NONE"
}

// cycle finds a container that waits for itself, by way of others or not. A
// link and borrowed volumes make a container wait as well.
func cycle(list []types.ContainerDefinition) (name string, found bool) {
	waitsFor := map[string][]string{}
	for _, c := range list {
		waitsFor[*c.Name] = upstream(c)
	}
	done := map[string]bool{}
	for _, c := range list {
		if walk(*c.Name, waitsFor, nil, done) {
			return *c.Name, true
		}
	}
	return "", false
}

// upstream are the containers that c starts after.
func upstream(c types.ContainerDefinition) []string {
	names := keysOf(c.DependsOn, func(d *types.ContainerDependency) string { return aws.ToString(d.ContainerName) })
	for _, link := range c.Links {
		names = append(names, linkTarget(link))
	}
	for _, v := range c.VolumesFrom {
		names = append(names, aws.ToString(v.SourceContainer))
	}
	return names
}

// walk reports whether the way on from name meets itself; done has the names
// from which it doesn't.
func walk(name string, waitsFor map[string][]string, path []string, done map[string]bool) bool {
	if slices.Contains(path, name) {
		return true
	}
	if done[name] {
		return false
	}
	path = append(path, name)
	for _, next := range waitsFor[name] {
		if walk(next, waitsFor, path, done) {
			return true
		}
	}
	done[name] = true
	return false
}
