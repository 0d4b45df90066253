package server

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// taggable finds the tags of each kind of resource, from what its ARN has
// after the kind. The functions are called under s.mu.
var taggable = map[string]func(s *Service, name string) (*[]types.Tag, error){
	"capacity-provider":  (*Service).providerTags,
	"cluster":            (*Service).clusterTags,
	"container-instance": (*Service).instanceTags,
	"service":            (*Service).serviceTags,
	"task-set":           (*Service).taskSetTags,
	"task":               (*Service).taskTags,
	"task-definition":    (*Service).definitionTags,
}

// TagResource mirrors the ECS API: a tag of a known key gets the new value.
func (s *Service) TagResource(_ context.Context, in *ecs.TagResourceInput) (*ecs.TagResourceOutput, error) {
	if len(in.Tags) == 0 {
		return nil, invalidParameter(msgEmpty, "tags")
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	err := s.changeTags(in.ResourceArn, func(old []types.Tag) []types.Tag { return setTags(old, in.Tags) })
	return &ecs.TagResourceOutput{}, err
}

// changeTags gives a resource the tags that change makes of its old ones, if
// they aren't too many.
func (s *Service) changeTags(arn *string, change func(old []types.Tag) []types.Tag) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	tags, err := s.tagsOf(arn)
	if err != nil {
		return err
	}
	next := change(*tags)
	if err := checkTagCount(next); err != nil {
		return err
	}
	*tags = next
	if t, ok := s.tasks[lastPart(*arn)]; ok {
		t.changed.raise()
	}
	s.broadcast()
	return nil
}

// UntagResource mirrors the ECS API. Keys that the resource hasn't are
// ignored.
func (s *Service) UntagResource(_ context.Context, in *ecs.UntagResourceInput) (*ecs.UntagResourceOutput, error) {
	if len(in.TagKeys) == 0 {
		return nil, invalidParameter(msgEmpty, "tagKeys")
	}
	for _, key := range in.TagKeys {
		if err := checkTagKey(key); err != nil {
			return nil, err
		}
	}
	err := s.changeTags(in.ResourceArn, func(old []types.Tag) []types.Tag { return unsetTags(old, in.TagKeys) })
	return &ecs.UntagResourceOutput{}, err
}

// ListTagsForResource mirrors the ECS API.
func (s *Service) ListTagsForResource(_ context.Context, in *ecs.ListTagsForResourceInput) (*ecs.ListTagsForResourceOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tags, err := s.tagsOf(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &ecs.ListTagsForResourceOutput{Tags: append([]types.Tag{}, clone(*tags)...)}, nil
}

// tagsOf returns where the tags of a resource are kept. The caller holds
// s.mu.
func (s *Service) tagsOf(arn *string) (*[]types.Tag, error) {
	resource, ok := s.ownARN(aws.ToString(arn))
	if !ok {
		return nil, invalidParameter(msgARN)
	}
	kind, name, _ := strings.Cut(resource, "/")
	find, ok := taggable[kind]
	if !ok || name == "" {
		return nil, invalidParameter(msgARN)
	}
	return find(s, name)
}

func (s *Service) clusterTags(name string) (*[]types.Tag, error) {
	c, ok := s.clusters[name]
	switch {
	case !ok:
		return nil, clusterNotFound()
	case !c.active():
		return nil, invalidParameter(msgTagsClusterInactive)
	}
	return &c.tags, nil
}

// definitionTags wants family:revision: a family has no tags.
func (s *Service) definitionTags(name string) (*[]types.Tag, error) {
	d, ok := s.findTaskDefinition(name)
	if !ok || !strings.Contains(name, ":") {
		return nil, resourceNotFound("task definition")
	}
	return &d.tags, nil
}

// serviceTags wants cluster/name.
func (s *Service) serviceTags(name string) (*[]types.Tag, error) {
	sv, ok := s.serviceByARN(name)
	if !ok || sv.status() == serviceInactive {
		return nil, resourceNotFound("service")
	}
	return &sv.tags, nil
}

// taskSetTags wants cluster/service/id.
func (s *Service) taskSetTags(name string) (*[]types.Tag, error) {
	parts := strings.SplitN(name, "/", 3)
	if len(parts) == 3 {
		if sv, ok := s.services[serviceKey{parts[0], parts[1]}]; ok {
			if ts := sv.findTaskSet(parts[2]); ts != nil {
				return &ts.tags, nil
			}
		}
	}
	return nil, resourceNotFound("task set")
}

// taskTags wants cluster/id.
func (s *Service) taskTags(name string) (*[]types.Tag, error) {
	clusterName, id, _ := strings.Cut(name, "/")
	t, ok := s.findTask(s.clusters[clusterName], id)
	if !ok {
		return nil, resourceNotFound("task")
	}
	return &t.tags, nil
}

// instanceTags wants cluster/id.
func (s *Service) instanceTags(name string) (*[]types.Tag, error) {
	clusterName, id, _ := strings.Cut(name, "/")
	if c, ok := s.clusters[clusterName]; ok {
		if i, ok := s.findInstance(c, id); ok && i.registered() {
			return &i.tags, nil
		}
	}
	return nil, resourceNotFound("container instance")
}

func (s *Service) providerTags(name string) (*[]types.Tag, error) {
	if p, ok := s.providers[name]; ok && p.active() {
		return &p.tags, nil
	}
	return nil, resourceNotFound("capacity provider")
}
