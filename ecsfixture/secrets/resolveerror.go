package secrets

import (
	"fmt"
	"strings"
)

// ResolveError says why a secret can't be had, in the words that ECS has for
// the stoppedReason of a task that needs it. No value is in it.
type ResolveError struct {
	Ref Ref // the first that failed; without a Name where only a valueFrom was known

	fargate, ec2, hint string
	cause              error
}

// Error is the text of a task on Fargate.
func (e *ResolveError) Error() string { return e.fargate }

// EC2 is the text of a task on a container instance.
func (e *ResolveError) EC2() string { return e.ec2 }

// Hint says what is likely wrong, in words that ECS doesn't have; often it is
// empty.
func (e *ResolveError) Hint() string { return e.hint }

// Unwrap returns the error of Secrets Manager, if it is one of its.
func (e *ResolveError) Unwrap() error { return e.cause }

// badARN is for a valueFrom that can't be understood.
func (s *Store) badARN(ref Ref, problem string) error {
	return &ResolveError{
		Ref:     ref,
		fargate: fmt.Sprintf(msgFargateARN, ref.ValueFrom, problem),
		ec2:     fmt.Sprintf(msgEC2Secret, s.region, ref.ValueFrom, problem),
	}
}

// notFetched is for what Secrets Manager refuses.
func (s *Store) notFetched(ref Ref, id string, cause error) error {
	return &ResolveError{
		Ref:     ref,
		fargate: fmt.Sprintf(msgFargateSecret, id, described(cause)),
		ec2:     fmt.Sprintf(msgEC2Secret, s.region, id, described(cause)),
		cause:   cause,
	}
}

// unusable is for a value that isn't what the reference takes it for.
func (s *Store) unusable(ref Ref, r reference, problem string) error {
	return &ResolveError{
		Ref:     ref,
		fargate: fmt.Sprintf(msgFargateContent, problem),
		ec2:     fmt.Sprintf(msgEC2Secret, s.region, r.secret, problem),
	}
}

// badParameters is for all the parameters that are not there.
func (s *Store) badParameters(ref Ref, invalid []string) error {
	names := strings.Join(invalid, ",")
	return &ResolveError{
		Ref:     ref,
		hint:    s.hint(invalid),
		fargate: fmt.Sprintf(msgFargateSSM, fmt.Sprintf(msgInvalidParameters, names)),
		ec2:     fmt.Sprintf(msgEC2SSM, s.region, fmt.Sprintf(msgInvalidParametersEC2, names)),
	}
}

// hint helps those who gave the name of a secret.
func (s *Store) hint(names []string) string {
	for _, name := range names {
		if s.Manager.has(name) {
			return fmt.Sprintf(msgHintSecretName, name)
		}
	}
	return ""
}
