package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func tagList(pairs ...string) []types.Tag {
	list := []types.Tag{}
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, types.Tag{Key: aws.String(pairs[i]), Value: aws.String(pairs[i+1])})
	}
	return list
}

func TestTagRules(t *testing.T) {
	many := func(n int) (list []types.Tag) {
		for i := range n {
			list = append(list, tagList(fmt.Sprint(i), "")...)
		}
		return list
	}
	for text, list := range map[string][]types.Tag{
		"":                       append(many(46), tagList("ключ", "a b", strings.Repeat("k", 128), strings.Repeat("v", 256), "a+-=._:/@", "", "awsome", "aws:x")...),
		"Tag keys cannot be":     tagList("", "v"),
		"at most 128 characters": tagList(strings.Repeat("é", 129), "v"),
		"at most 256 characters": tagList("k", strings.Repeat("é", 257)),
		"k# has invalid":         tagList("k#", "v"),
		"k has invalid":          tagList("k", "<v>"),
		"prefix aws:":            tagList("AWS:k", "v"),
		"Duplicate keys":         tagList("k", "1", "k", "2"),
		"at most 50 tags":        many(51),
	} {
		err := checkTags(list)
		if text == "" {
			assert.NoError(t, err)
			continue
		}
		assert.ErrorContains(t, err, "InvalidParameterException")
		assert.ErrorContains(t, err, text)
	}
}

// tagged returns a service with one of each kind of resource that has tags.
func tagged(t *testing.T) (*Service, map[string]string) {
	t.Helper()
	s := newTestService()
	in := ec2Task()
	in.Tags = tagList("old", "1")
	_, err := s.RegisterTaskDefinition(t.Context(), in)
	require.NoError(t, err)
	c := s.clusters["default"]
	c.tags = tagList("old", "1")
	id := newID()
	s.tasks[id] = &task{id: id, cluster: c, tags: tagList("old", "1"), api: types.Task{LastStatus: aws.String("RUNNING")}}
	sv := &service{tags: tagList("old", "1"), api: types.Service{Status: aws.String(serviceActive)}}
	sv.taskSets = []*taskSet{{deployment: &deployment{id: "ecs-svc/1"}, tags: tagList("old", "1")}}
	s.services[serviceKey{"default", "web"}] = sv
	c.instances = []*instance{{id: "i", tags: tagList("old", "1"), api: types.ContainerInstance{Status: aws.String(instanceActive)}}}
	s.providers["asg"] = &provider{tags: tagList("old", "1"), api: types.CapacityProvider{Status: types.CapacityProviderStatusActive}}
	return s, map[string]string{
		"capacity-provider":  s.arn("capacity-provider", "asg"),
		"container-instance": s.arn("container-instance", "default", "i"),
		"cluster":            s.arn("cluster", "default"),
		"service":            s.arn("service", "default", "web"),
		"task-set":           s.arn("task-set", "default", "web", "ecs-svc/1"),
		"task-definition":    s.arn("task-definition", "web:1"),
		"task":               s.arn("task", "default", id),
	}
}

func TestTagsOfEachKind(t *testing.T) {
	s, arns := tagged(t)
	for kind := range taggable {
		arn := arns[kind]
		tags := func() []types.Tag {
			out, err := s.ListTagsForResource(t.Context(), &ecs.ListTagsForResourceInput{ResourceArn: &arn})
			require.NoError(t, err, kind)
			return out.Tags
		}
		_, err := s.TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: &arn, Tags: tagList("b", "2", "old", "3", "a", "4")})
		require.NoError(t, err, kind)
		assert.Equal(t, tagList("old", "3", "b", "2", "a", "4"), tags(), kind)
		_, err = s.UntagResource(t.Context(), &ecs.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"old", "none", "b", "a"}})
		require.NoError(t, err, kind)
		assert.Equal(t, []types.Tag{}, tags(), kind)
	}
}

func TestTagsShowWhenDescribed(t *testing.T) {
	s, _ := tagged(t)
	out, err := s.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: aws.String("web"), Include: []types.TaskDefinitionField{"TAGS"},
	})
	require.NoError(t, err)
	assert.Equal(t, tagList("old", "1"), out.Tags)
}

func TestResourcesThatAreNotThere(t *testing.T) {
	s, arns := tagged(t)
	for arn, want := range map[string]string{
		"default":                                        "InvalidParameterException: " + msgARN,
		"arn:aws:s3:::bucket":                            "InvalidParameterException: " + msgARN,
		s.arn("cluster"):                                 "InvalidParameterException: " + msgARN,
		s.arn("attachment", "x"):                         "InvalidParameterException: " + msgARN,
		s.arn("cluster", "x"):                            "ClusterNotFoundException: Cluster not found.",
		s.arn("task-definition", "web:2"):                "ResourceNotFoundException: The specified task definition was not found.",
		s.arn("task-definition", "web"):                  "ResourceNotFoundException: The specified task definition was not found.",
		s.arn("task", "default", "x"):                    "ResourceNotFoundException: The specified task was not found.",
		s.arn("task", "x", arns["task"]):                 "ResourceNotFoundException: The specified task was not found.",
		strings.Replace(arns["task"], "default", "x", 1): "ResourceNotFoundException: The specified task was not found.",
	} {
		_, err := s.ListTagsForResource(t.Context(), &ecs.ListTagsForResourceInput{ResourceArn: &arn})
		assert.ErrorContains(t, err, want, arn)
	}
}

func TestTagInputIsChecked(t *testing.T) {
	s, arns := tagged(t)
	arn := arns["cluster"]
	for _, tags := range [][]types.Tag{nil, tagList("aws:x", "y"), fifty()} {
		_, err := s.TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: &arn, Tags: tags})
		assert.ErrorContains(t, err, "InvalidParameterException")
	}
	for _, keys := range [][]string{nil, {"aws:x"}} {
		_, err := s.UntagResource(t.Context(), &ecs.UntagResourceInput{ResourceArn: &arn, TagKeys: keys})
		assert.ErrorContains(t, err, "InvalidParameterException")
	}
}

// fifty are as many tags as a resource can have, none of them named old.
func fifty() []types.Tag {
	list := []types.Tag{}
	for i := range 50 {
		list = append(list, tagList(fmt.Sprint("k", i), "")...)
	}
	return list
}
