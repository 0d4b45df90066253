package server

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

// taskHealth aggregates the health of the essential containers that have a
// check: UNHEALTHY if one is, else UNKNOWN if one is, else HEALTHY. Without a
// check there is nothing to know.
func taskHealth(t *task) types.HealthStatus {
	health := types.HealthStatusUnknown
	for _, d := range t.definition.def.ContainerDefinitions {
		if !isEssential(d) || !hasHealthCheck(d) {
			continue
		}
		switch t.container(*d.Name).HealthStatus {
		case types.HealthStatusUnhealthy:
			return types.HealthStatusUnhealthy
		case types.HealthStatusHealthy:
			health = types.HealthStatusHealthy
		default:
			return unknownUnlessUnhealthy(t)
		}
	}
	return health
}

func unknownUnlessUnhealthy(t *task) types.HealthStatus {
	for _, d := range t.definition.def.ContainerDefinitions {
		if isEssential(d) && hasHealthCheck(d) && t.container(*d.Name).HealthStatus == types.HealthStatusUnhealthy {
			return types.HealthStatusUnhealthy
		}
	}
	return types.HealthStatusUnknown
}

func isEssential(d types.ContainerDefinition) bool { return d.Essential == nil || *d.Essential }

// hasHealthCheck reports whether d defines a check; NONE switches it off.
func hasHealthCheck(d types.ContainerDefinition) bool {
	return d.HealthCheck != nil && len(d.HealthCheck.Command) > 0 && d.HealthCheck.Command[0] != "NONE"
}
