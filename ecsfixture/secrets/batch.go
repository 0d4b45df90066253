package secrets

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/page"
)

// BatchGetSecretValue mirrors the operation of that name.
func (m *Manager) BatchGetSecretValue(_ context.Context, in *secretsmanager.BatchGetSecretValueInput) (*secretsmanager.BatchGetSecretValueOutput, error) {
	if err := checkBatch(in); err != nil {
		return nil, err
	}
	m.mu.Lock() // reading is noted
	defer m.mu.Unlock()
	ids, next, ok := m.batch(in)
	if !ok {
		return nil, badToken()
	}
	out := &secretsmanager.BatchGetSecretValueOutput{
		NextToken: next, Errors: []types.APIErrorType{}, SecretValues: []types.SecretValueEntry{},
	}
	for _, id := range ids {
		m.collect(out, id)
	}
	return out, nil
}

func checkBatch(in *secretsmanager.BatchGetSecretValueInput) error {
	switch {
	case (len(in.SecretIdList) > 0) == (len(in.Filters) > 0):
		return invalidParameter(msgIDsOrFilters)
	case in.MaxResults != nil && len(in.Filters) == 0:
		return invalidParameter(msgMaxWithIDs)
	}
	return first(
		size("secretIdList", len(in.SecretIdList), 0, 20),
		between("maxResults", in.MaxResults, 1, 20),
		checkFilters(in.Filters),
	)
}

// batch returns the ids of the secrets that are asked for: a page of them
// where filters ask.
func (m *Manager) batch(in *secretsmanager.BatchGetSecretValueInput) (ids []string, next *string, ok bool) {
	if len(in.Filters) == 0 {
		return in.SecretIdList, nil, true
	}
	byName := page.Order[*secret]{Key: func(s *secret) string { return s.name }}
	rows, next, ok := byName.Cut(m.matching(in.Filters, false), in.NextToken, limitOf(in.MaxResults, 20))
	for _, s := range rows {
		ids = append(ids, s.arn)
	}
	return ids, next, ok
}

// collect adds a secret, or why it can't be read, to the output.
func (m *Manager) collect(out *secretsmanager.BatchGetSecretValueOutput, id string) {
	e, err := m.read(&id, nil, nil)
	if err == nil {
		out.SecretValues = append(out.SecretValues, *e)
		return
	}
	var api smithy.APIError
	errors.As(err, &api) // it is one
	out.Errors = append(out.Errors, types.APIErrorType{
		ErrorCode: aws.String(api.ErrorCode()),
		Message:   aws.String(api.ErrorMessage()),
		SecretId:  aws.String(id),
	})
}
