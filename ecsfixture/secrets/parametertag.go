package secrets

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	managertypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// managerTag is the form in which tagSet takes tags; the two services' types
// have the same members.
type managerTag = managertypes.Tag

func checkParameterTags(tags []types.Tag) ([]managerTag, error) {
	var list []managerTag
	for _, tag := range tags {
		if tag.Value == nil {
			return nil, validation(msgConstraintNull, "tags.value")
		}
		list = append(list, managerTag{Key: tag.Key, Value: tag.Value})
	}
	if len(list) > maxTags {
		return nil, &types.TooManyTagsError{}
	}
	return list, asValidation(checkTags(list))
}

// asValidation turns the exception of Secrets Manager into that of Systems
// Manager, which has no InvalidParameterException.
func asValidation(err error) error {
	var invalid *managertypes.InvalidParameterException
	if errors.As(err, &invalid) {
		return validation("%s", invalid.ErrorMessage())
	}
	return err
}

// tagged returns the parameter that a tag operation is for. The caller holds
// mu.
func (p *Parameters) tagged(kind types.ResourceTypeForTagging, id *string) (*parameter, error) {
	if kind != types.ResourceTypeForTaggingParameter {
		return nil, &types.InvalidResourceType{Message: formatted(msgResourceType, []any{kind})}
	}
	if err := required("resourceId", id, 1, 2048); err != nil {
		return nil, err
	}
	found, selector := p.find(*id)
	if found == nil || selector != "" {
		return nil, &types.InvalidResourceId{Message: formatted(msgResourceID, []any{*id})}
	}
	return found, nil
}

// AddTagsToResource mirrors the operation of that name, for parameters.
func (p *Parameters) AddTagsToResource(_ context.Context, in *ssm.AddTagsToResourceInput) (*ssm.AddTagsToResourceOutput, error) {
	tags, err := checkParameterTags(in.Tags)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	found, err := p.tagged(in.ResourceType, in.ResourceId)
	if err != nil {
		return nil, err
	}
	if found.tags.grown(tags) > maxTags {
		return nil, &types.TooManyTagsError{}
	}
	found.tags.add(tags)
	return &ssm.AddTagsToResourceOutput{}, nil
}

// ListTagsForResource mirrors the operation of that name, for parameters.
func (p *Parameters) ListTagsForResource(_ context.Context, in *ssm.ListTagsForResourceInput) (*ssm.ListTagsForResourceOutput, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	found, err := p.tagged(in.ResourceType, in.ResourceId)
	if err != nil {
		return nil, err
	}
	out := &ssm.ListTagsForResourceOutput{TagList: []types.Tag{}}
	for _, key := range sorted(found.tags) {
		out.TagList = append(out.TagList, types.Tag{Key: aws.String(key), Value: aws.String(found.tags[key])})
	}
	return out, nil
}

// RemoveTagsFromResource mirrors the operation of that name, for parameters.
func (p *Parameters) RemoveTagsFromResource(_ context.Context, in *ssm.RemoveTagsFromResourceInput) (*ssm.RemoveTagsFromResourceOutput, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, err := p.tagged(in.ResourceType, in.ResourceId)
	if err != nil {
		return nil, err
	}
	found.tags.remove(in.TagKeys)
	return &ssm.RemoveTagsFromResourceOutput{}, nil
}
