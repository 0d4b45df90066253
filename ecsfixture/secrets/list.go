package secrets

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// ListSecrets mirrors the operation of that name. Secrets come oldest first
// unless the request says otherwise.
func (m *Manager) ListSecrets(_ context.Context, in *secretsmanager.ListSecretsInput) (*secretsmanager.ListSecretsOutput, error) {
	if err := checkList(in); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	list := m.matching(in.Filters, aws.ToBool(in.IncludePlannedDeletion))
	order(list, in.SortBy, in.SortOrder)
	page, next, ok := paginate(list, in.NextToken, in.MaxResults, 100)
	if !ok {
		return nil, badToken()
	}
	out := &secretsmanager.ListSecretsOutput{NextToken: next, SecretList: []types.SecretListEntry{}}
	for _, s := range page {
		out.SecretList = append(out.SecretList, s.entry())
	}
	return out, nil
}

func checkList(in *secretsmanager.ListSecretsInput) error {
	return first(
		between("maxResults", in.MaxResults, 1, 100),
		oneOf("sortBy", in.SortBy, in.SortBy.Values()),
		oneOf("sortOrder", in.SortOrder, in.SortOrder.Values()),
		checkFilters(in.Filters),
	)
}

func badToken() error {
	return &types.InvalidNextTokenException{Message: aws.String(msgNextToken)}
}

// matching returns the secrets that pass all filters, by name. The caller
// holds mu.
func (m *Manager) matching(filters []types.Filter, deleted bool) []*secret {
	var list []*secret
	now := time.Now()
	for _, name := range sorted(m.secrets) {
		s := m.secrets[name]
		if s.gone(now) || s.deletion != nil && !deleted || !s.passes(filters) {
			continue
		}
		list = append(list, s)
	}
	return list
}

// order sorts secrets that are in the order of their names.
func order(list []*secret, by types.SortByType, direction types.SortOrderType) {
	compare := comparison(by)
	slices.SortStableFunc(list, func(a, b *secret) int {
		if direction == types.SortOrderTypeDesc {
			a, b = b, a
		}
		return compare(a, b)
	})
}

func comparison(by types.SortByType) func(a, b *secret) int {
	switch by {
	case types.SortByTypeName:
		return func(a, b *secret) int { return cmp.Compare(a.name, b.name) }
	case types.SortByTypeLastAccessedDate:
		return func(a, b *secret) int { return a.accessed.Compare(b.accessed) }
	case types.SortByTypeLastChangedDate:
		return func(a, b *secret) int { return a.changed.Compare(b.changed) }
	}
	return func(a, b *secret) int { return a.created.Compare(b.created) }
}

// ListSecretVersionIds mirrors the operation of that name.
func (m *Manager) ListSecretVersionIds(_ context.Context, in *secretsmanager.ListSecretVersionIdsInput) (*secretsmanager.ListSecretVersionIdsOutput, error) {
	if err := between("maxResults", in.MaxResults, 1, 100); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	s, err := m.find(in.SecretId)
	if err != nil {
		return nil, err
	}
	page, next, ok := paginate(s.history(aws.ToBool(in.IncludeDeprecated)), in.NextToken, in.MaxResults, 100)
	if !ok {
		return nil, badToken()
	}
	return &secretsmanager.ListSecretVersionIdsOutput{
		ARN: aws.String(s.arn), Name: aws.String(s.name), NextToken: next, Versions: page,
	}, nil
}

// history lists the versions, oldest first.
func (s *secret) history(deprecated bool) []types.SecretVersionsListEntry {
	list := []types.SecretVersionsListEntry{}
	for _, v := range s.versions {
		if len(v.stages) == 0 && !deprecated {
			continue
		}
		list = append(list, types.SecretVersionsListEntry{
			CreatedDate:      aws.Time(v.created),
			KmsKeyIds:        []string{cmp.Or(aws.ToString(s.kmsKey), "DefaultEncryptionKey")},
			LastAccessedDate: day(v.accessed),
			VersionId:        aws.String(v.id),
			VersionStages:    slices.Clone(v.stages),
		})
	}
	return list
}
