package server

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// DeleteService has a service stop its tasks: it is DRAINING until they have
// stopped and then INACTIVE, and stays describable.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
func (s *Service) DeleteService(_ context.Context, in *ecs.DeleteServiceInput) (*ecs.DeleteServiceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sv, err := s.knownService(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	switch {
	case sv.status() != serviceActive:
		if sv.status() == serviceInactive {
			return nil, serviceNotFound()
		}
	case sv.desired > 0 && !deref(in.Force) && !sv.daemon():
		return nil, invalidParameter(msgServiceScaled)
	default:
		s.drain(sv)
	}
	out := sv.output(true)
	return &ecs.DeleteServiceOutput{Service: &out}, nil
}

// drain begins the end of a service.
func (s *Service) drain(sv *service) {
	s.supersede(sv)
	sv.desired = 0
	sv.api.Status = aws.String(serviceDraining)
	for _, d := range sv.fleets() {
		d.frozen = nil
	}
	sv.poke()
	s.broadcast()
}
