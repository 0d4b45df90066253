package server

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// AwaitService waits until a service is as reached says, and returns it. The
// error says why it can't be waited for any longer.
func (s *Service) AwaitService(ctx context.Context, serviceARN string, reached func(types.Service) bool) (types.Service, error) {
	for {
		sv, known, changed := s.serviceAndChange(serviceARN)
		switch {
		case !known:
			return sv, fmt.Errorf("service %q %w", serviceARN, ErrUnknown)
		case reached(sv):
			return sv, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return sv, context.Cause(ctx)
		case <-s.ctx.Done():
			return sv, errors.New("the fixture was closed")
		}
	}
}

func (s *Service) serviceAndChange(serviceARN string) (types.Service, bool, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sv, ok := s.serviceByARN(serviceARN)
	if !ok {
		return types.Service{}, false, nil
	}
	return sv.output(true), true, s.changed.next()
}

// DescribedService returns a service by its ARN, as DescribeServices tells of
// it with its tags.
func (s *Service) DescribedService(serviceARN string) (types.Service, bool) {
	sv, known, _ := s.serviceAndChange(serviceARN)
	return sv, known
}

// serviceByARN returns the service of a full ARN. The caller holds s.mu.
func (s *Service) serviceByARN(arn string) (*service, bool) {
	name, _ := s.resourceName("service", arn)
	clusterName, short, _ := strings.Cut(name, "/")
	sv, ok := s.services[serviceKey{clusterName, short}]
	return sv, ok
}
