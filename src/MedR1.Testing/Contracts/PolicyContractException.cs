namespace MedR1.Testing;

/// <summary>Thrown by <see cref="PolicyContract.Require"/> if a policy breaks its contract; the message lists every violation.</summary>
public sealed class PolicyContractException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="policy">The name of the policy's type.</param>
    /// <param name="violations">The violations, at least one.</param>
    public PolicyContractException(string policy, IReadOnlyList<string> violations)
        : base($"{policy} breaks the contract of a policy:{string.Concat(violations.Select(violation => $"\n- {violation}"))}") =>
        Violations = violations;

    /// <summary>The violations.</summary>
    public IReadOnlyList<string> Violations { get; }
}
