using System.CommandLine;
using NoraPipelines.Benchmarks.Clips;
using NoraPipelines.Benchmarks.Factoring;
using NoraPipelines.Benchmarks.Generating;
using NoraPipelines.Benchmarks.Loading;
using NoraPipelines.Benchmarks.Planning;
using NoraPipelines.Benchmarks.Products;
using NoraPipelines.Benchmarks.Reading;
using NoraPipelines.Benchmarks.Steps;
using NoraPipelines.Interop;

OpenMpSettings.Apply();
var root = new RootCommand("Speed and memory of NoraPipelines, measured beside their floors")
{
    StepCommand.Create(), AwSvdCommand.Create(), CalibrateCommand.Create(), LoadCommand.Create(), GenerateCommand.Create(), DataCommand.Create(), ImagesCommand.Create(), ProductsCommand.Create(), MemoryCommand.Create(),
    OperatorsCommand.Create(), ClipCommand.Create(),
};
return root.Parse(args).Invoke();
