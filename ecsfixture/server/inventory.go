package server

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

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
