using System.CommandLine;
using MedR1.Benchmarks.Commands;

RootCommand root = new("Benchmarks of MedR1.")
{
    RealShapeCommands.Write(),
    RealShapeCommands.Answer(),
    RealShapeCommands.Group(),
    RealShapeCommands.Update(),
    DeviceCommands.Rollout(),
    DeviceCommands.Update(),
    StepCommands.RealShape(),
    StepCommands.SmallShape(),
    StepCommands.Head(),
    StepCommands.Attention(),
    StepCommands.LinearProducts(),
    StepCommands.OneBeginning(),
    RolloutCommands.Small(),
    QuantizationCommands.Error(),
    DatasetCommands.Read(),
};
return await root.Parse(args).InvokeAsync();
