using MedR1.Samples.TrainGrpo;
using Microsoft.Extensions.Configuration;

// --Checkpoint folder --Data folder, and anything else of appsettings.json: --Trainer:MaxSteps 1000 --Modality X-Ray.
// A modality is OmniMedVQA's own string (docs/getting-started.md lists them); another selects nothing.
IConfiguration configuration = new ConfigurationBuilder()
    .SetBasePath(AppContext.BaseDirectory)
    .AddJsonFile("appsettings.json")
    .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
    .AddCommandLine(args)
    .Build();
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, press) =>
{
    // The first Ctrl+C ends the run between two passes; what is not saved is sampled again when it goes on.
    press.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};
try
{
    await new TrainGrpoRun(TrainGrpoSettings.Read(configuration), configuration.GetSection("Trainer")).RunAsync(stop.Token);
    return 0;
}
catch (OperationCanceledException)
{
    Console.WriteLine("Stopped. The same command goes on from the latest checkpoint.");
    return 1;
}
catch (Exception exception) when (exception is InvalidOperationException or MedR1.Training.TrainerConfigurationException or IOException)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
