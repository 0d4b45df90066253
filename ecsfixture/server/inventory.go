package server

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Clusters returns all clusters by name, deleted ones too.
func (s *Service) Clusters() []types.Cluster {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []types.Cluster{}
	for _, name := range slices.Sorted(maps.Keys(s.clusters)) {
		list = append(list, *s.describeAll(s.clusters[name]))
	}
	return list
}

// Tasks returns all tasks of all clusters, as they were created.
func (s *Service) Tasks() []types.Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	list := []types.Task{}
	for _, t := range s.order {
		list = append(list, t.output(true))
	}
	return list
}

// Services returns all services of all clusters, by their ARNs.
func (s *Service) Services() []types.Service {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []types.Service{}
	for _, sv := range s.services {
		list = append(list, sv.output(true))
	}
	slices.SortFunc(list, func(a, b types.Service) int { return strings.Compare(*a.ServiceArn, *b.ServiceArn) })
	return list
}
