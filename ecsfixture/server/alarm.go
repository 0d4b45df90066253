package server

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// SetAlarm switches a CloudWatch alarm on or off: deployments that are under
// way fail by it if their deploymentConfiguration names it.
func (s *Service) SetAlarm(name string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarms[name] = on
	for _, sv := range s.services {
		sv.poke()
	}
}

// alarmsOn are those of a configuration that are on. The caller holds s.mu.
func (s *Service) alarmsOn(c *types.DeploymentAlarms) (on []string) {
	if c == nil || !c.Enable {
		return nil
	}
	for _, name := range c.AlarmNames {
		if s.alarms[name] {
			on = append(on, name)
		}
	}
	return on
}

// alarming are the alarms that went on during a rollout. One that was on
// before says nothing about it.
func (s *Service) alarming(r *rollout) []string {
	return slices.DeleteFunc(s.alarmsOn(r.config.Alarms), func(name string) bool { return slices.Contains(r.ignored, name) })
}
