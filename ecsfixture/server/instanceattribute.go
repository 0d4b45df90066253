package server

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	maxAttributes     = 10 // of a request, and custom ones of an instance
	maxAttributesPage = 100
)

var (
	attributeName  = regexp.MustCompile(`^[A-Za-z0-9_./\\-]{1,128}$`)
	attributeValue = regexp.MustCompile(`^([A-Za-z0-9_./@:\\-]([A-Za-z0-9_./@:\\ -]{0,126}[A-Za-z0-9_./@:\\-])?)?$`)
)

func checkAttributes(list []types.Attribute) error {
	for _, a := range list {
		switch {
		case !attributeName.MatchString(deref(a.Name)):
			return invalidParameter(msgAttributeName, deref(a.Name))
		case !attributeValue.MatchString(deref(a.Value)):
			return invalidParameter(msgAttributeValue, deref(a.Name))
		}
	}
	return nil
}

// builtIn reports whether an attribute is one of ECS's own.
func builtIn(name string) bool {
	return strings.HasPrefix(name, "ecs.") || strings.HasPrefix(name, "com.amazonaws.ecs.")
}

// setAttributes puts attributes into the places of those with the same names,
// or after them.
func (i *instance) setAttributes(list []types.Attribute) {
	for _, a := range list {
		bare := types.Attribute{Name: a.Name, Value: a.Value}
		if at := i.indexAttribute(*a.Name); at >= 0 {
			i.api.Attributes[at] = bare
			continue
		}
		i.api.Attributes = append(i.api.Attributes, bare)
	}
}

func (i *instance) indexAttribute(name string) int {
	return slices.IndexFunc(i.api.Attributes, func(a types.Attribute) bool { return *a.Name == name })
}

// custom has the names of the attributes that are not ECS's own.
func (i *instance) custom() map[string]bool {
	names := map[string]bool{}
	for _, a := range i.api.Attributes {
		if !builtIn(*a.Name) {
			names[*a.Name] = true
		}
	}
	return names
}

// targeted returns the attribute as the calls about attributes show it.
func (i *instance) targeted(a types.Attribute) types.Attribute {
	return clone(types.Attribute{
		Name: a.Name, Value: a.Value,
		TargetId: aws.String(i.arn), TargetType: types.TargetTypeContainerInstance,
	})
}

// PutAttributes gives container instances attributes: new ones, or known ones
// with new values.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAttributes.html
func (s *Service) PutAttributes(_ context.Context, in *ecs.PutAttributesInput) (*ecs.PutAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	targets, err := s.attributeTargets(in.Cluster, in.Attributes)
	if err != nil {
		return nil, err
	}
	if err := checkCustom(targets, in.Attributes); err != nil {
		return nil, err
	}
	out := &ecs.PutAttributesOutput{Attributes: []types.Attribute{}}
	for n, a := range in.Attributes {
		targets[n].setAttributes([]types.Attribute{clone(a)})
		out.Attributes = append(out.Attributes, targets[n].targeted(a))
	}
	s.attributesChanged(targets)
	return out, nil
}

// checkCustom refuses more custom attributes than an instance can have.
func checkCustom(targets []*instance, list []types.Attribute) error {
	names := map[*instance]map[string]bool{}
	for n, i := range targets {
		if names[i] == nil {
			names[i] = i.custom()
		}
		if name := *list[n].Name; !builtIn(name) {
			names[i][name] = true
		}
		if len(names[i]) > maxAttributes {
			return &types.AttributeLimitExceededException{Message: aws.String(fmt.Sprintf(msgAttributeLimit, maxAttributes))}
		}
	}
	return nil
}

// DeleteAttributes takes attributes away from container instances.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteAttributes.html
func (s *Service) DeleteAttributes(_ context.Context, in *ecs.DeleteAttributesInput) (*ecs.DeleteAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	targets, err := s.attributeTargets(in.Cluster, in.Attributes)
	if err != nil {
		return nil, err
	}
	out := &ecs.DeleteAttributesOutput{Attributes: []types.Attribute{}}
	for n, a := range in.Attributes {
		i := targets[n]
		at := i.indexAttribute(*a.Name)
		if at < 0 || a.Value != nil && deref(i.api.Attributes[at].Value) != *a.Value {
			continue
		}
		out.Attributes = append(out.Attributes, i.targeted(i.api.Attributes[at]))
		i.api.Attributes = slices.Delete(i.api.Attributes, at, at+1)
	}
	s.attributesChanged(targets)
	return out, nil
}

// attributeTargets checks a request and returns the instance of each of its
// attributes. The caller holds s.mu.
func (s *Service) attributeTargets(clusterName *string, list []types.Attribute) (targets []*instance, err error) {
	if err := checkCount(len(list), maxAttributes, "attributes", msgAttributesTooMany); err != nil {
		return nil, err
	}
	if err := checkAttributes(list); err != nil {
		return nil, err
	}
	c, err := s.activeCluster(clusterName)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if a.TargetType != "" && a.TargetType != types.TargetTypeContainerInstance {
			return nil, invalidParameter(msgTargetType)
		}
		i, ok := s.findInstance(c, deref(a.TargetId))
		if !ok || !i.registered() {
			return nil, &types.TargetNotFoundException{Message: aws.String(msgTargetNotFound)}
		}
		targets = append(targets, i)
	}
	return targets, nil
}

// attributesChanged tells of the instances, each once, and has tasks placed
// that can be now.
func (s *Service) attributesChanged(targets []*instance) {
	for n, i := range targets {
		if !slices.Contains(targets[:n], i) {
			s.instanceChanged(i)
		}
	}
	s.capacityChanged(targets[0].cluster)
}

// ListAttributes lists the attributes of a cluster's container instances.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListAttributes.html
func (s *Service) ListAttributes(_ context.Context, in *ecs.ListAttributesInput) (*ecs.ListAttributesOutput, error) {
	if in.TargetType != types.TargetTypeContainerInstance {
		return nil, invalidParameter(msgTargetType)
	}
	if in.AttributeValue != nil && in.AttributeName == nil {
		return nil, invalidParameter(msgEmpty, "attributeName")
	}
	size, err := pageSize(in.MaxResults, maxAttributesPage, maxAttributesPage)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	keys, list := c.attributes(in)
	order := c.attributeOrder()
	slices.SortFunc(keys, order)
	rows, next, err := page(keys, order, in.NextToken, size)
	if err != nil {
		return nil, err
	}
	out := &ecs.ListAttributesOutput{Attributes: []types.Attribute{}, NextToken: next}
	for _, key := range rows {
		out.Attributes = append(out.Attributes, list[key])
	}
	return out, nil
}

// attributeOrder puts the keys of attributes in the order of the instances,
// and then of the names.
func (c *cluster) attributeOrder() ordering {
	ids := []string{}
	for _, i := range c.instances {
		ids = append(ids, i.id)
	}
	byInstance := byPlace(ids)
	return func(a, b string) int {
		idA, nameA, _ := strings.Cut(a, "/")
		idB, nameB, _ := strings.Cut(b, "/")
		return cmp.Or(byInstance(idA, idB), strings.Compare(nameA, nameB))
	}
}

// attributes are those that a request asks for, by a key that is unique.
func (c *cluster) attributes(in *ecs.ListAttributesInput) (keys []string, list map[string]types.Attribute) {
	list = map[string]types.Attribute{}
	for _, i := range c.instances {
		for _, a := range i.api.Attributes {
			if !i.registered() || !matches(in.AttributeName, a.Name) || !matches(in.AttributeValue, a.Value) {
				continue
			}
			key := i.id + "/" + *a.Name
			keys, list[key] = append(keys, key), i.targeted(a)
		}
	}
	return keys, list
}
