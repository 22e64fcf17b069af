namespace MedR1.Rewards.Judge;

/// <summary>A judge's verdict, or the reason why there is none.</summary>
/// <param name="Score">0 for the lowest score of the range, 1 for the highest; null for an abstention.</param>
/// <param name="Reason">The judge's reason, or a description of the last attempt's failure.</param>
/// <param name="Abstention">Why there is no score.</param>
/// <param name="Attempts">The number of attempts made.</param>
public sealed record JudgeVerdict(double? Score, string Reason, JudgeAbstention Abstention, int Attempts);
