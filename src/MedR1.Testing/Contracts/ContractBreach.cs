namespace MedR1.Testing;

/// <summary>What a check of <see cref="PolicyContract"/> found.</summary>
internal sealed class ContractBreach(string message) : Exception(message);
