namespace MedR1.Rewards;

/// <summary>What a text says about a finding at one position.</summary>
/// <param name="Finding">The finding's name.</param>
/// <param name="Present">Whether the text says that the finding is present.</param>
/// <param name="Start">The start of the statement in the text.</param>
/// <param name="End">The end of the statement in the text.</param>
internal sealed record Statement(string Finding, bool Present, int Start, int End);
