namespace MedR1.Rewards.Judge;

/// <summary>A judge's verdict, or why there is none.</summary>
/// <param name="Score">0 for the lowest score of the range, 1 for the highest; null for an abstention.</param>
/// <param name="Reason">The judge's reason, or what went wrong in the last attempt.</param>
/// <param name="Abstention">Why there is no score.</param>
/// <param name="Attempts">How many times the judge was asked.</param>
public sealed record JudgeVerdict(double? Score, string Reason, JudgeAbstention Abstention, int Attempts);
