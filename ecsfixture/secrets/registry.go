package secrets

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// RegistryAuth returns the user and the password of a container definition's
// repositoryCredentials. The credentialsParameter is the ARN or the name of a
// secret that is a JSON object with username and password. An error is a
// [*ResolveError], or that of ctx.
func (s *Store) RegistryAuth(ctx context.Context, credentialsParameter string) (username, password string, err error) {
	if err := ctx.Err(); err != nil {
		return "", "", err
	}
	out, err := s.Manager.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(credentialsParameter)})
	if err != nil {
		problem := fmt.Sprintf(msgRegistryFetch, credentialsParameter, described(err))
		return "", "", s.noRegistryAuth(credentialsParameter, problem, err)
	}
	object, ok := decodeObject(aws.ToString(out.SecretString))
	if !ok {
		return "", "", s.noRegistryAuth(credentialsParameter, fmt.Sprintf(msgRegistryJSON, credentialsParameter), nil)
	}
	for _, part := range []struct {
		name string
		into *string
	}{{"username", &username}, {"password", &password}} {
		*part.into, _ = object[part.name].(string)
		if *part.into == "" {
			return "", "", s.noRegistryAuth(credentialsParameter, fmt.Sprintf(msgRegistryField, part.name), nil)
		}
	}
	return username, password, nil
}

func (s *Store) noRegistryAuth(credentialsParameter, problem string, cause error) error {
	return &ResolveError{
		Ref:     Ref{Name: "repositoryCredentials", ValueFrom: credentialsParameter},
		fargate: fmt.Sprintf(msgFargateRegistry, problem),
		ec2:     fmt.Sprintf(msgEC2Registry, problem),
		cause:   cause,
	}
}
