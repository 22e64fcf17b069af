namespace MedR1.Rewards;

/// <summary>What a text says about a finding at one position.</summary>
/// <param name="Finding">The finding's name.</param>
/// <param name="Present">Whether it is said to be present.</param>
/// <param name="Start">Where the words start.</param>
/// <param name="End">Where they end.</param>
internal sealed record Statement(string Finding, bool Present, int Start, int End);
