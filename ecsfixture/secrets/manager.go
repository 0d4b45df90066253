package secrets

import (
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// Manager fakes AWS Secrets Manager in one account and region. Its methods
// are those of [secretsmanager.Client].
type Manager struct {
	prefix string // of the ARNs of its secrets

	mu      sync.RWMutex       // guards secrets and all that they hold
	secrets map[string]*secret // by name
}

// NewManager returns a Secrets Manager without secrets.
func NewManager(account, region string) *Manager {
	return &Manager{
		prefix:  arnPrefix("secretsmanager", account, region) + "secret:",
		secrets: map[string]*secret{},
	}
}

var managerAPI = awsjson.API[*Manager]{
	Name:   "secretsmanager",
	Target: "secretsmanager",
	Operations: []awsjson.Operation[*Manager]{
		awsjson.Op("BatchGetSecretValue", (*Manager).BatchGetSecretValue),
		awsjson.Op("CreateSecret", (*Manager).CreateSecret),
		awsjson.Op("DeleteResourcePolicy", (*Manager).DeleteResourcePolicy),
		awsjson.Op("DeleteSecret", (*Manager).DeleteSecret),
		awsjson.Op("DescribeSecret", (*Manager).DescribeSecret),
		awsjson.Op("GetRandomPassword", (*Manager).GetRandomPassword),
		awsjson.Op("GetResourcePolicy", (*Manager).GetResourcePolicy),
		awsjson.Op("GetSecretValue", (*Manager).GetSecretValue),
		awsjson.Op("ListSecretVersionIds", (*Manager).ListSecretVersionIds),
		awsjson.Op("ListSecrets", (*Manager).ListSecrets),
		awsjson.Op("PutResourcePolicy", (*Manager).PutResourcePolicy),
		awsjson.Op("PutSecretValue", (*Manager).PutSecretValue),
		awsjson.Op("RestoreSecret", (*Manager).RestoreSecret),
		awsjson.Op("TagResource", (*Manager).TagResource),
		awsjson.Op("UntagResource", (*Manager).UntagResource),
		awsjson.Op("UpdateSecret", (*Manager).UpdateSecret),
		awsjson.Op("UpdateSecretVersionStage", (*Manager).UpdateSecretVersionStage),
		awsjson.Op("ValidateResourcePolicy", (*Manager).ValidateResourcePolicy),
	},
	Unsupported: notOffered("secretsmanager", (*secretsmanager.Client)(nil)),
}

// API returns the Manager as a service of an endpoint.
func (m *Manager) API() *awsjson.Service { return managerAPI.Bind(m) }

// find returns the secret that id names: by its name, its ARN, or its ARN
// without the suffix. The caller holds mu.
func (m *Manager) find(id *string) (*secret, error) {
	if err := required("secretId", id, 1, 2048); err != nil {
		return nil, err
	}
	s, ok := m.named(*id)
	switch {
	case !ok && !strings.HasPrefix(*id, "arn:") && !validName.MatchString(*id):
		return nil, validation(msgName)
	case !ok || s.gone(time.Now()):
		return nil, notFound(msgSecretNotFound)
	}
	return s, nil
}

func (m *Manager) named(id string) (*secret, bool) {
	name, isARN := strings.CutPrefix(id, m.prefix)
	if cut := len(name) - suffixLength - 1; isARN && cut > 0 {
		if s, ok := m.secrets[name[:cut]]; ok && s.arn == id {
			return s, true
		}
	}
	s, ok := m.secrets[name]
	return s, ok
}

// live is find for what can't be done to a secret that is to be deleted.
func (m *Manager) live(id *string) (*secret, error) {
	s, err := m.find(id)
	if err != nil {
		return nil, err
	}
	if s.deletion != nil {
		return nil, invalidRequest(msgDeleted)
	}
	return s, nil
}
