namespace MedR1.Evaluation;

/// <summary>The accuracy on one group of questions.</summary>
/// <param name="Group">The group's name: a modality, a question type, a data set or a family.</param>
/// <param name="Accuracy">The accuracy on these questions.</param>
/// <param name="Chance">The expected accuracy of guessing among the options, 0 to 1.</param>
public sealed record GroupAccuracy(string Group, Accuracy Accuracy, double Chance);
