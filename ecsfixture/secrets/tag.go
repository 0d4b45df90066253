package secrets

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

const maxTags = 50

// tagSet is a resource's tags by key.
type tagSet map[string]string

func (t tagSet) add(tags []types.Tag) {
	for _, tag := range tags {
		t[*tag.Key] = aws.ToString(tag.Value)
	}
}

func (t tagSet) remove(keys []string) {
	for _, key := range keys {
		delete(t, key)
	}
}

// list returns the tags in the order of their keys.
func (t tagSet) list() []types.Tag {
	tags := make([]types.Tag, 0, len(t))
	for _, key := range sorted(t) {
		tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(t[key])})
	}
	return tags
}

// grown returns how many tags there would be with more.
func (t tagSet) grown(more []types.Tag) int {
	n := len(t)
	for _, tag := range more {
		if _, ok := t[*tag.Key]; !ok {
			n++
		}
	}
	return n
}

func checkTags(tags []types.Tag) error {
	seen := map[string]bool{}
	for _, tag := range tags {
		err := first(required("tags.key", tag.Key, 1, 128), optional("tags.value", tag.Value, 0, 256))
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(*tag.Key, "aws:"):
			return invalidParameter(msgReservedTag)
		case seen[*tag.Key]:
			return invalidParameter(msgDuplicateTag, *tag.Key)
		}
		seen[*tag.Key] = true
	}
	if len(tags) > maxTags {
		return invalidParameter(msgTooManyTags, maxTags)
	}
	return nil
}

// TagResource mirrors the operation of that name.
func (m *Manager) TagResource(_ context.Context, in *secretsmanager.TagResourceInput) (*secretsmanager.TagResourceOutput, error) {
	if in.Tags == nil {
		return nil, validation(msgConstraintNull, "tags")
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	if s.tags.grown(in.Tags) > maxTags {
		return nil, invalidParameter(msgTooManyTags, maxTags)
	}
	s.tags.add(in.Tags)
	return &secretsmanager.TagResourceOutput{}, nil
}

// UntagResource mirrors the operation of that name.
func (m *Manager) UntagResource(_ context.Context, in *secretsmanager.UntagResourceInput) (*secretsmanager.UntagResourceOutput, error) {
	if in.TagKeys == nil {
		return nil, validation(msgConstraintNull, "tagKeys")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	s.tags.remove(in.TagKeys)
	return &secretsmanager.UntagResourceOutput{}, nil
}
