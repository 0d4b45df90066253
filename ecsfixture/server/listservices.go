package server

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The rows of a page of services.
const (
	servicesPage    = 10
	maxServicesPage = 100
)

// ListServices lists the ARNs of the active services of a cluster, by name.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html
func (s *Service) ListServices(_ context.Context, in *ecs.ListServicesInput) (*ecs.ListServicesOutput, error) {
	size, err := pageSize(in.MaxResults, servicesPage, maxServicesPage)
	if err == nil {
		err = cmp.Or(
			checkEnum("launchType", in.LaunchType),
			checkEnum("schedulingStrategy", in.SchedulingStrategy),
			checkEnum("resourceManagementType", in.ResourceManagementType),
		)
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	rows := []string{}
	for _, sv := range s.servicesOf(c) {
		if sv.listed(in) {
			rows = append(rows, sv.arn)
		}
	}
	arns, next, err := page(rows, byText, in.NextToken, size)
	if err != nil {
		return nil, err
	}
	return &ecs.ListServicesOutput{ServiceArns: arns, NextToken: next}, nil
}

// listed tells whether a service passes the filters of a ListServices.
func (sv *service) listed(in *ecs.ListServicesInput) bool {
	return sv.status() == serviceActive &&
		(in.LaunchType == "" || sv.launchType() == in.LaunchType) &&
		(in.SchedulingStrategy == "" || sv.api.SchedulingStrategy == in.SchedulingStrategy) &&
		(in.ResourceManagementType == "" || in.ResourceManagementType == types.ResourceManagementTypeCustomer)
}

// ListServicesByNamespace mirrors the ECS API. There is no namespace here, as
// no service has Service Connect.
func (s *Service) ListServicesByNamespace(_ context.Context, in *ecs.ListServicesByNamespaceInput) (*ecs.ListServicesByNamespaceOutput, error) {
	if deref(in.Namespace) == "" {
		return nil, invalidParameter(msgEmpty, "namespace")
	}
	return nil, &types.NamespaceNotFoundException{Message: aws.String(msgNamespaceNotFound)}
}
